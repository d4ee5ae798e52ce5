-- Must return no row: the versions that are live read and write both columns, so both must say the same.
select count(*) as differing from customers where full_name is distinct from name having count(*) > 0;
