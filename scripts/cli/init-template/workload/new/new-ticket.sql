-- rehearse: weight=1
\set number random(1, 1000000)
\set priority random(1, 5)
insert into tickets (title, state, priority) values ('Ticket ' || :number::int, 'open', :priority) returning id;
