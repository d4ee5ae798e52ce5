alter table payments drop constraint if exists currency_is_set;
alter table payments alter column currency drop not null;
