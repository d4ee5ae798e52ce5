-- New rows are checked from here on; NOT VALID reads nothing.
alter table tickets add constraint priority_is_set check (priority is not null) not valid;

-- Reads the whole table while the app goes on.
alter table tickets validate constraint priority_is_set;

-- Takes the valid constraint as proof (since PostgreSQL 12), so that nothing is read under the strong lock.
alter table tickets alter column priority set not null;
alter table tickets drop constraint priority_is_set;
