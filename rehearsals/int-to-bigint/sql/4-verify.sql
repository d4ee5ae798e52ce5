-- Each question must return no row.
select count(*) as differing from orders where id_wide is distinct from id having count(*) > 0;
select indexrelid::regclass as broken from pg_index where indrelid = 'orders'::regclass and not indisvalid;
