import { row, type Row } from './row.ts';

/** CREATE, with what only makes sense beside it. */
export const CREATE: readonly Row[] = [
  row('CREATE ACCESS METHOD', 'create access method heap2 type table handler heap_tableam_handler'),
  row('CREATE AGGREGATE', 'create aggregate total3 (int) (sfunc = int4pl, stype = int)'),
  row('CREATE CAST', 'create cast (word as int) without function; create cast (pair as text) with inout'),
  row('CREATE COLLATION', `create collation coll3 (locale = 'C')`),
  row('CREATE CONVERSION', `create default conversion conv3 for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8`),
  row(
    'CREATE DATABASE, DROP DATABASE',
    'create database made_db; drop database made_db; drop database made_db',
  ),
  row('CREATE DOMAIN', 'create domain word2 as int default 3 not null'),
  row('CREATE EXTENSION, DROP EXTENSION', 'create extension if not exists citext; drop extension pg_trgm'),
  row('CREATE FOREIGN DATA WRAPPER', 'create foreign data wrapper fdw3'),
  row('CREATE FUNCTION', `create or replace function f(int) returns int language sql as 'select $1 + 1'`),
  row('CREATE INDEX', 'create index on t (note); create unique index t_odd on t (n)'),
  row(
    'CREATE INDEX CONCURRENTLY',
    'create index concurrently t_note on t (note); create unique index concurrently t_odd on t (n)',
  ),
  row('CREATE LANGUAGE', 'create language made3 handler plpgsql_call_handler'),
  row(
    'CREATE MATERIALIZED VIEW, REFRESH',
    'create materialized view tm2 as select 1 as one with no data; refresh materialized view tm2; insert into t values (50); refresh materialized view concurrently tm',
  ),
  row('CREATE OPERATOR', 'create operator ==== (leftarg = int, rightarg = int, function = int4eq)'),
  row(
    'CREATE OPERATOR CLASS',
    'create operator class opc for type int using btree family fam as operator 3 =, function 1 btint4cmp(int, int); alter operator class opc using btree rename to opc2',
  ),
  row(
    'CREATE POLICY',
    'create policy pol2 on t for select using (id > 0); alter table t enable row level security',
  ),
  row('CREATE PUBLICATION', 'create publication pub2 for all tables'),
  row(
    'CREATE ROLE, GRANT, REVOKE',
    'create role made_a; grant select, insert on t to made_a; revoke insert on t from made_a; grant usage on schema s to made_a',
    'drop owned by made_a; drop role if exists made_a',
  ),
  row('CREATE RULE', 'create rule ru3 as on delete to parent do instead nothing'),
  row('CREATE SCHEMA', 'create schema s3 create table inside3 (id int) create view v3 as select 1 as one'),
  row('CREATE SEQUENCE', "create sequence sq3 start 5; select nextval('sq3')"),
  row('CREATE STATISTICS', 'create statistics st3 (ndistinct) on id, n from t'),
  row(
    'CREATE TABLE',
    'create table a (id int generated always as identity, b text unique); create table a (id int)',
  ),
  row(
    'CREATE TABLE AS, SELECT INTO',
    'create table b as select * from t; select n into c from t; create unlogged table d as table t with no data',
  ),
  row(
    'CREATE TABLE PARTITION OF',
    'create table parts_3 partition of parts for values from (20) to (30); create table parts_4 partition of parts for values from (25) to (35)',
  ),
  row('CREATE TABLESPACE', `create tablespace made_ts location '/nowhere'`),
  row(
    'CREATE TEMPORARY TABLE',
    `create temporary table tmp (id int) on commit drop; insert into log select count(*)::text from pg_class where relname = 'tmp'; create temp table tmp2 (id int); insert into tmp2 values (1); insert into log select 'rows ' || count(*) from tmp2`,
  ),
  row(
    'CREATE TEXT SEARCH',
    'create text search configuration tsc3 (parser = default); create text search parser tsp3 (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype); create text search template tst3 (lexize = dsimple_lexize)',
  ),
  row('CREATE TRANSFORM', 'create transform for mood language plpgsql (from sql with function f(int))'),
  row(
    'CREATE TRIGGER',
    `create trigger tr3 after insert on t for each statement execute function trig(); insert into t values (60)`,
  ),
  row('CREATE TYPE', `create type colour as enum ('red'); create type span as range (subtype = int4)`),
  row('CREATE USER MAPPING', 'create user mapping if not exists for public server srv'),
  row(
    'CREATE VIEW',
    'create or replace view tv as select id, n, note from t; create or replace view tv as select id from t',
  ),
];
