-- rehearse: weight=4
-- rehearse: sample reference from orders.reference
select id, status, created_at from orders where reference = :reference;
