-- The backfill leaves a million dead rows. An autovacuum that came for them would hold a lock on the table that the short
-- steps below have to wait for, and the app behind them. So the plan vacuums by itself, and 6-contract.sql switches it on again.
alter table customers set (autovacuum_enabled = false);

-- Without a default and without NOT NULL: only the catalog changes.
alter table customers add column full_name text;
