-- rehearse: weight=2
\set account random_zipfian(1, 200000, 1.1)
\set cents random(100, 50000)
begin;
insert into payments (account_id, amount_cents, method, purpose)
values (:account, :cents, 'card', 'online order')
returning id as payment_id \gset
insert into payment_events (payment_id, what) values (:payment_id, 'pending');
commit;
