-- Only the catalog changes; the space comes back as rows are updated.
alter table customers drop column name;
alter table customers reset (autovacuum_enabled);
