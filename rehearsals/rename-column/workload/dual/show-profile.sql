-- rehearse: weight=5
-- rehearse: sample id from customers.id
select id, coalesce(full_name, name) as name, email, country from customers where id = :id;
