-- Each statement commits by itself, so that none keeps its lock while the next one works.
alter table customers add constraint names_are_set check (first_name is not null and last_name is not null) not valid;
alter table customers validate constraint names_are_set;
