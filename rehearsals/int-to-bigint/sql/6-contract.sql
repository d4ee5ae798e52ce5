alter table orders drop column id_narrow;
drop function orders_fill_id_wide();
alter table orders reset (autovacuum_enabled);
