alter table customers drop constraint if exists full_name_is_set;
alter table customers alter column full_name drop not null;
