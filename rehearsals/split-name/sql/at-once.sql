-- Everything in one transaction: from its first statement on nobody else can read the table.
begin;
alter table customers add column first_name text, add column last_name text;
update customers set first_name = split_part(name, ' ', 1), last_name = substr(name, strpos(name || ' ', ' ') + 1);
alter table customers alter column first_name set not null, alter column last_name set not null;
alter table customers drop column name;
commit;
