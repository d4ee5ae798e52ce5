-- rehearse: weight=1
-- rehearse: sample id from payments.id
begin;
update payments set status = 'settled' where id = :id;
insert into payment_events (payment_id, what) values (:id, 'settled');
commit;
