-- rehearse: weight=2
-- rehearse: sample id from tickets.id
\set priority random(1, 5)
begin;
select state, priority from tickets where id = :id;
update tickets set state = 'open', priority = :priority, changed_at = now() where id = :id;
commit;
