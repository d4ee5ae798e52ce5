-- Must return no row: both shapes say the same.
select count(*) as differing from customers where name is distinct from first_name || ' ' || last_name having count(*) > 0;
