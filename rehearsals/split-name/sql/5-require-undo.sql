alter table customers drop constraint if exists names_are_set;
