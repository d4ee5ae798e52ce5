-- rehearse: weight=5
-- rehearse: sample id from tickets.id
select id, title, state, coalesce(priority, 3) as priority from tickets where id = :id;
