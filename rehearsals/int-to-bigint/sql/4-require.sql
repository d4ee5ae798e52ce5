-- A primary key needs NOT NULL. Proven by a check that is validated without stopping anybody, so that the swap reads nothing.
alter table orders add constraint id_wide_is_set check (id_wide is not null) not valid;
alter table orders validate constraint id_wide_is_set;
alter table orders alter column id_wide set not null;
alter table orders drop constraint id_wide_is_set;
