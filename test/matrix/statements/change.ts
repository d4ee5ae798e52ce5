import { row, type Row } from './row.ts';

/** DELETE to VALUES, with every DROP. */
export const CHANGE: readonly Row[] = [
  row('DELETE', 'delete from t where id > 10 returning id'),
  row('DO', `do $$ begin insert into log values ('a'); insert into log values ('b'); end $$`),
  row(
    'DROP AGGREGATE, CAST, COLLATION, CONVERSION',
    'drop aggregate total(int); drop cast if exists (pair as int); drop collation coll; drop conversion conv',
  ),
  row('DROP DOMAIN, TYPE', 'drop domain word; drop type pair; drop type mood cascade'),
  row(
    'DROP FOREIGN …, SERVER, USER MAPPING',
    'drop foreign table ft; drop user mapping for current_user server srv; drop server srv; drop foreign data wrapper file_fdw',
  ),
  row('DROP FUNCTION, PROCEDURE, ROUTINE', 'drop function f(int); drop procedure commits; drop routine trig'),
  row('DROP INDEX', 'drop index t_n; drop index concurrently t_pkey'),
  row('DROP INDEX CONCURRENTLY', 'drop index concurrently t_n'),
  row('DROP MATERIALIZED VIEW, VIEW', 'drop materialized view tm; drop view tv'),
  row('DROP OPERATOR …', 'drop operator === (int, int); drop operator family fam using btree'),
  row(
    'DROP OWNED, REASSIGN OWNED',
    'create role made_a; alter table parent owner to made_a; reassign owned by made_a to current_user; grant select on t to made_a; drop owned by made_a; drop role made_a',
    'drop role if exists made_a',
  ),
  row(
    'DROP POLICY, PUBLICATION, RULE, STATISTICS, TRIGGER',
    'drop policy pol on t; drop publication pub; drop rule ru on parent; drop statistics st; drop trigger tr on t',
  ),
  row('DROP SCHEMA', 'drop schema s; drop schema s cascade'),
  row('DROP SCHEMA CASCADE', 'drop schema s cascade'),
  row('DROP SEQUENCE', 'drop sequence sq; drop sequence if exists sq'),
  row('DROP TABLE', 'drop table t'),
  row('DROP TABLE CASCADE', 'drop table t cascade'),
  row('DROP TEXT SEARCH', 'drop text search configuration tsc; drop text search dictionary tsd'),
  row('EXPLAIN ANALYZE', 'explain analyze insert into t values (70)'),
  row(
    'EXECUTE, PREPARE, DEALLOCATE',
    `prepare ins (text) as insert into log values ($1); execute ins('a'); execute ins('b'); deallocate ins; execute ins('c')`,
  ),
  row('IMPORT FOREIGN SCHEMA', 'import foreign schema x from server srv into s'),
  row('INSERT', `insert into t values (80, 1, 'x') on conflict (id) do nothing; insert into t values (1)`),
  row('LISTEN, NOTIFY, UNLISTEN', `listen c; notify c, 'x'; unlisten *`),
  row('LOAD', `load 'nowhere'`),
  row(
    'MERGE',
    'merge into t using (values (1), (90)) v(id) on t.id = v.id when matched then delete when not matched then insert values (v.id)',
  ),
  row('REINDEX', 'reindex index t_n; reindex table t; reindex (concurrently) table t; reindex schema s'),
  row(
    'REINDEX of a partitioned table',
    'reindex table parts; reindex index parts_at; reindex table concurrently parts',
  ),
  row('SECURITY LABEL', `security label on table t is 'x'`),
  row(
    'SELECT of a function that writes',
    `create function w() returns void language sql as $$ insert into log values ('w') $$; select w(); select w()`,
  ),
  row('TRUNCATE', 'truncate t; truncate parent; truncate parent cascade'),
  row('UPDATE', 'update t set n = n + 1 where id < 4'),
  row('VACUUM', 'vacuum t; vacuum (full, analyze) t; vacuum'),
  row('VALUES', 'values (1), (2)'),
  row('lo_…', `select lo_put(4242, 0, 'abc'); select lo_unlink(4242); select lo_unlink(4242)`),
];
