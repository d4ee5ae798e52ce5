-- rehearse: weight=1
\set id random_zipfian(1, 1000000, 1.1)
\set cents random(500, 20000)
begin;
select name from customers where id = :id;
insert into orders (customer_id, status, total_cents) values (:id, 'open', :cents);
update customers set updated_at = now() where id = :id;
commit;
