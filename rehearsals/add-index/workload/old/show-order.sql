-- rehearse: weight=5
-- rehearse: sample id from orders.id
select id, status, total_cents, reference, note, created_at from orders where id = :id;
