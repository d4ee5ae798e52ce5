-- Must return no row: a build that broke off leaves an index that is maintained but not used.
select indexrelid::regclass as broken
  from pg_index
 where indrelid = 'orders'::regclass and not indisvalid;
