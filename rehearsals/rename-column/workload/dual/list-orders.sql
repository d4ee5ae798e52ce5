-- rehearse: weight=3
\set id random_zipfian(1, 1000000, 1.1)
select o.id, o.status, o.total_cents, o.created_at, coalesce(c.full_name, c.name) as name
  from orders o join customers c on c.id = o.customer_id
 where o.customer_id = :id
 order by o.created_at desc
 limit 20;
