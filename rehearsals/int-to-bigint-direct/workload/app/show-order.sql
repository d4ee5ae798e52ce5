-- rehearse: weight=5
-- rehearse: sample id from orders.id
select id, status, total_cents, note, created_at from orders where id = :id;
