drop trigger split_name on customers;
drop function split_name;
