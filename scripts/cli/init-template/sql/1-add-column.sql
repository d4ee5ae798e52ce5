-- No default and no constraint yet: this only changes the catalog, and the old version goes on as before.
alter table tickets add column priority smallint;
