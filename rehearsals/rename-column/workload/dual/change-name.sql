-- rehearse: weight=1
-- rehearse: sample id from customers.id
\set number random(1, 1000)
begin;
update customers set name = 'Sam ' || :number::int, full_name = 'Sam ' || :number::int, updated_at = now() where id = :id;
insert into profile_changes (customer_id) values (:id);
commit;
