-- rehearse: weight=5
-- rehearse: sample id from customers.id
select id, name, email, country from customers where id = :id;
