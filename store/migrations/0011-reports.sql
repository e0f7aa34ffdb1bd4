-- What reports read. They count rows when they are asked, so nothing that is written here is a counter. None of these
-- indexes is about a column that changes while a message is on its way, so rows of the ledger stay where they are.

-- Clicks are few: a conversion is looked for from here.
create index deliveries_clicked on deliveries (customer_id, clicked_at) where clicked_at is not null;

-- Whom reports leave out.
create index customers_test on customers (id) where is_test;

-- Enrolments of a period. They are written in its order.
create index enrolments_by_opening on enrolments using brin (opened_at) with (autosummarize = on);
