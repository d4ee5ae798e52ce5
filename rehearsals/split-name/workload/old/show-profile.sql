-- rehearse: weight=5
-- rehearse: sample id from customers.id
select id, name, email from customers where id = :id;
