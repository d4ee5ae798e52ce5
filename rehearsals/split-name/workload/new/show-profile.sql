-- rehearse: weight=5
-- rehearse: sample id from customers.id
select id, first_name, last_name, email from customers where id = :id;
