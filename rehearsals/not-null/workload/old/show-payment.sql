-- rehearse: weight=5
-- rehearse: sample id from payments.id
select id, amount_cents, coalesce(currency, 'EUR') as currency, method, status, purpose from payments where id = :id;
