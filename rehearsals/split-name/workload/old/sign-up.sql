-- rehearse: weight=1
insert into customers (name, email) values ('Robin Meyer', 'robin@example.com') returning id;
