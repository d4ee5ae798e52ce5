-- rehearse: weight=2
-- rehearse: sample id from tickets.id
begin;
select state from tickets where id = :id;
update tickets set state = 'open', changed_at = now() where id = :id;
commit;
