-- Without a default and without NOT NULL: only the catalog changes.
alter table customers add column first_name text, add column last_name text;
