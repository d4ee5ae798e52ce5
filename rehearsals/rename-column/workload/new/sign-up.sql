-- rehearse: weight=1
insert into customers (full_name, email, country)
values ('Robin Meyer', 'robin-' || gen_random_uuid() || '@example.com', 'DE')
returning id;
