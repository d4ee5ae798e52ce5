-- Each statement commits by itself, so that none keeps its lock while the next one works.

-- New rows are checked from here on. NOT VALID: nothing is read now.
alter table customers add constraint full_name_is_set check (full_name is not null) not valid;

-- Reads the whole table, and the app reads and writes meanwhile (SHARE UPDATE EXCLUSIVE).
alter table customers validate constraint full_name_is_set;

-- Takes the valid check as proof (since PostgreSQL 12), so nothing is read under ACCESS EXCLUSIVE.
alter table customers alter column full_name set not null;
alter table customers drop constraint full_name_is_set;
