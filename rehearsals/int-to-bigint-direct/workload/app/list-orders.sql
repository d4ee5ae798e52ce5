-- rehearse: weight=3
\set customer random_zipfian(1, 200000, 1.1)
select id, status, total_cents, created_at
  from orders
 where customer_id = :customer
 order by created_at desc
 limit 20;
