-- rehearse: weight=5
-- rehearse: sample id from tickets.id
select id, title, state from tickets where id = :id;
