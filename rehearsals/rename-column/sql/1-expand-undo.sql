alter table customers drop column full_name;
alter table customers reset (autovacuum_enabled);
