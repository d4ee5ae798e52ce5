-- rehearse: weight=1
-- rehearse: sample id from orders.id
begin;
update orders set status = 'delivered' where id = :id;
insert into order_events (order_id, what) values (:id, 'delivered');
commit;
