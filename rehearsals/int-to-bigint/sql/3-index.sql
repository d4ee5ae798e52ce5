-- Becomes the primary key in the swap; built now, while the app reads and writes.
create unique index concurrently orders_id_wide on orders (id_wide);
