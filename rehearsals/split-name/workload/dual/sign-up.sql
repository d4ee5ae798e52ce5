-- rehearse: weight=1
insert into customers (name, first_name, last_name, email) values ('Robin Meyer', 'Robin', 'Meyer', 'robin@example.com') returning id;
