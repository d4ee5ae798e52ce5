-- Each statement commits by itself, so that none keeps its lock while the next one works.

-- New rows are checked from here on. NOT VALID: nothing is read now.
alter table payments add constraint currency_is_set check (currency is not null) not valid;

-- Reads the whole table, and the app reads and writes meanwhile (SHARE UPDATE EXCLUSIVE).
alter table payments validate constraint currency_is_set;

-- Takes the valid check as proof (since PostgreSQL 12), so nothing is read under ACCESS EXCLUSIVE.
alter table payments alter column currency set not null;
alter table payments drop constraint currency_is_set;
