-- An occurrence is under way from the moment at which it is written down. What is still to come is in the definitions of
-- campaigns and in Schedules, so no row was ever "planned".
alter table campaign_occurrences
  alter column state drop default,
  drop constraint campaign_occurrences_state_check,
  add constraint campaign_occurrences_state_check check (state in ('running', 'done', 'cancelled'));
