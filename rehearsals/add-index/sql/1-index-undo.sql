drop index concurrently if exists orders_reference;
