-- rehearse: weight=5
-- rehearse: sample id from customers.id
select id, full_name, email, country from customers where id = :id;
