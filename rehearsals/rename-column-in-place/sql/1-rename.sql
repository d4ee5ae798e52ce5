-- A change of the catalog, done in a millisecond. But no version of the app works both before and after it.
alter table customers rename column name to full_name;
