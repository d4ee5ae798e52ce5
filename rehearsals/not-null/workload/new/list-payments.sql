-- rehearse: weight=3
\set account random_zipfian(1, 200000, 1.1)
select id, amount_cents, coalesce(currency, 'EUR') as currency, status, created_at
  from payments
 where account_id = :account
 order by created_at desc
 limit 20;
