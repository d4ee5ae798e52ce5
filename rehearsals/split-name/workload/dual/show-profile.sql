-- rehearse: weight=5
-- rehearse: sample id from customers.id
select id, coalesce(first_name, split_part(name, ' ', 1)) as first_name, coalesce(last_name, substr(name, strpos(name || ' ', ' ') + 1)) as last_name, email
  from customers where id = :id;
