-- Must return no row: both shapes say the same.
select id from customers where name is distinct from first_name || ' ' || last_name;
