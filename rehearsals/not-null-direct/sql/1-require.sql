-- Reads all rows to make sure, and holds ACCESS EXCLUSIVE until it has: neither reads nor writes go on.
alter table payments alter column currency set not null;
