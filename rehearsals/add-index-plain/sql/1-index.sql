-- Holds SHARE on the table until the index is built: reads go on, every write waits.
create index orders_reference on orders (reference);
