-- What was told with an event may go after a time. The event itself stays: its id makes repeats harmless, and its fact and
-- its routing are what journeys and `explain` go by. Without an envelope: it was kept for as long as the policy says.
alter table events alter column envelope drop not null;

-- What is still there to be removed, by its age. A row leaves its index when it was removed, so looking for more costs
-- nothing. Consents are never in there: their words are the proof.
create index events_with_words on events (received_at)
  where envelope is not null and type <> 'consent.changed' and type <> 'message.replied';
create index events_with_reply on events (received_at) where envelope is not null and type = 'message.replied';
create index deliveries_with_trace on deliveries (decided_at) where trace <> '[]'::jsonb;
create index inbox_applied on inbox (connection, applied_at) where applied_at is not null;
create index inbound_by_time on inbound (at);
