-- rehearse: weight=1
\set number random(1, 1000000)
insert into tickets (title, state) values ('Ticket ' || :number::int, 'open') returning id;
