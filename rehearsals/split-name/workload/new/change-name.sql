-- rehearse: weight=1
-- rehearse: sample id from customers.id
\set number random(1, 1000)
update customers set first_name = 'Sam', last_name = (:number::int)::text, updated_at = now() where id = :id;
