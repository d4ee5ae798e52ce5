-- rehearse: weight=1
-- rehearse: sample id from customers.id
\set number random(1, 1000)
update customers set name = 'Sam ' || :number::int, updated_at = now() where id = :id;
