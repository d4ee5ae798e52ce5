-- First the rows that `new` wrote, then the old promise: the check is proven while the app reads and writes.
update customers set name = first_name || ' ' || last_name where name is distinct from first_name || ' ' || last_name;
alter table customers add constraint name_is_set check (name is not null) not valid;
alter table customers validate constraint name_is_set;
alter table customers alter column name set not null;
alter table customers drop constraint name_is_set;
