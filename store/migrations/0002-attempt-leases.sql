-- An attempt whose worker died is settled when its lease is over. Leases are the one thing that wall time decides:
-- they bound how long a real process may still be talking to a real provider.

alter table delivery_attempts add column lease_until timestamptz;
