drop index concurrently if exists orders_id_wide;
