-- rehearse: weight=2
\set customer random_zipfian(1, 200000, 1.1)
\set cents random(500, 20000)
begin;
insert into orders (customer_id, total_cents) values (:customer, :cents) returning id as order_id \gset
insert into order_events (order_id, what) values (:order_id, 'placed');
commit;
