-- rehearse: weight=1
insert into customers (first_name, last_name, email) values ('Robin', 'Meyer', 'robin@example.com') returning id;
