-- The next version no longer writes the old column.
alter table customers alter column name drop not null;
