-- Only the catalog changes. All in one transaction: nobody sees the table with one half of it.
begin;
lock table orders in access exclusive mode;
drop trigger fill_id_wide on orders;
alter table orders drop constraint orders_pkey;
alter table orders alter column id drop default;
alter table orders alter column id drop not null;
alter table orders rename column id to id_narrow;
alter table orders rename column id_wide to id;
alter sequence orders_id_seq as bigint owned by orders.id;
alter table orders alter column id set default nextval('orders_id_seq');
alter table orders add constraint orders_pkey primary key using index orders_id_wide;
commit;
