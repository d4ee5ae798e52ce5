-- In one transaction: between the two the app could not sign anybody up.
begin;
drop trigger split_name on customers;
drop function split_name;
alter table customers drop column name;
commit;
