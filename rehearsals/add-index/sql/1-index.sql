-- Reads the table twice, but the app reads and writes meanwhile (SHARE UPDATE EXCLUSIVE). It cannot run in a transaction,
-- and it waits for every transaction that is older than it: a forgotten one holds it up.
create index concurrently orders_reference on orders (reference);
