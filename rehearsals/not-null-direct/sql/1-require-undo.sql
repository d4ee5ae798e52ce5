alter table payments alter column currency drop not null;
