-- With `dual` live again: first the rows that `new` wrote, then the old promise, in the careful way of 5-require.sql.
update customers set name = full_name where name is distinct from full_name;
alter table customers add constraint name_is_set check (name is not null) not valid;
alter table customers validate constraint name_is_set;
alter table customers alter column name set not null;
alter table customers drop constraint name_is_set;
