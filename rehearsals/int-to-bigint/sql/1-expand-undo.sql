drop trigger fill_id_wide on orders;
drop function orders_fill_id_wide();
alter table orders drop column id_wide;
alter table orders reset (autovacuum_enabled);
