import { row, type Row } from './row.ts';

const put = (what: string): string => `insert into log values ('${what}')`;

/** What begins and ends transactions, and what acts otherwise inside of one. */
export const TRANSACTIONS: readonly Row[] = [
  row('two statements are two transactions', `${put('a')}; ${put('b')}`),
  row('BEGIN … COMMIT', `begin; ${put('a')}; ${put('b')}; commit; ${put('c')}`),
  row('START TRANSACTION … END', `start transaction isolation level serializable; ${put('a')}; end`),
  row('BEGIN … ROLLBACK, ABORT', `begin; ${put('a')}; rollback; begin; ${put('b')}; abort`),
  row(
    'AND CHAIN',
    `begin; ${put('a')}; commit and chain; ${put('b')}; rollback and chain; ${put('c')}; commit`,
  ),
  row('no end', `begin; ${put('a')}`),
  row('BEGIN in a block', `begin; begin; ${put('a')}; commit; commit; ${put('b')}`),
  row('COMMIT and ROLLBACK of nothing', `commit; rollback; ${put('a')}`),
  row('COMMIT AND CHAIN of nothing', 'commit and chain'),
  row('an error in the middle', `${put('a')}; select 1 / 0; ${put('b')}`),
  row('an error in a block', `begin; ${put('a')}; select 1 / 0; ${put('b')}; commit`),
  row(
    'SAVEPOINT',
    `begin; ${put('a')}; savepoint x; ${put('b')}; rollback to x; ${put('c')}; release x; commit`,
  ),
  row('SAVEPOINT outside', 'savepoint x'),
  row('RELEASE outside', 'release savepoint x'),
  row('ROLLBACK TO outside', 'rollback to savepoint x'),
  row('LOCK outside', 'lock table t'),
  row('LOCK inside', `begin; lock table t in share mode; ${put('a')}; commit`),
  row('DECLARE outside', 'declare c cursor for select 1'),
  row(
    'DECLARE, FETCH, MOVE, CLOSE',
    `begin; declare c cursor for select id from t; fetch 2 from c; move 3 in c; close c; ${put('a')}; commit; fetch c`,
  ),
  row(
    'WITH HOLD outside',
    `declare c cursor with hold for select id from t order by id; fetch 3 from c; close c`,
  ),
  row('SET LOCAL outside', `set local work_mem = '1MB'; insert into log select current_setting('work_mem')`),
  row(
    'SET LOCAL inside',
    `begin; set local work_mem = '1MB'; insert into log select current_setting('work_mem'); commit; insert into log select current_setting('work_mem')`,
  ),
  row(
    'SET, RESET',
    `set work_mem = '1MB'; insert into log select current_setting('work_mem'); reset work_mem; set search_path = s; create table here (id int)`,
  ),
  row(
    'SET undone',
    `begin; set work_mem = '1MB'; rollback; insert into log select current_setting('work_mem')`,
  ),
  row(
    'SET TRANSACTION outside',
    `set transaction isolation level serializable; insert into log select current_setting('transaction_isolation')`,
  ),
  row(
    'SET TRANSACTION inside',
    `begin; set transaction isolation level serializable; insert into log select current_setting('transaction_isolation'); commit`,
  ),
  row('SET TRANSACTION too late', `begin; ${put('a')}; set transaction isolation level serializable; commit`),
  row(
    'SET SESSION CHARACTERISTICS',
    `set session characteristics as transaction isolation level repeatable read; insert into log select current_setting('transaction_isolation')`,
  ),
  row('default_transaction_read_only', `set default_transaction_read_only = on; ${put('a')}`),
  row(
    'SET ROLE',
    `create role made_a; grant insert on log to made_a; set role made_a; ${put('a')}; insert into log select current_user::text; reset role; insert into t values (99)`,
    'drop owned by made_a; drop role if exists made_a',
  ),
  row(
    'SET SESSION AUTHORIZATION',
    `create role made_a; set session authorization made_a; insert into t values (99)`,
    'drop owned by made_a; drop role if exists made_a',
  ),
  row('SET CONSTRAINTS outside', `set constraints all immediate; insert into child values (1, 1)`),
  row(
    'SET CONSTRAINTS inside',
    `begin; set constraints all immediate; insert into child values (1, 1); commit`,
  ),
  row('a deferred constraint, alone', `${put('a')}; insert into child values (1, 1); ${put('b')}`),
  row(
    'a deferred constraint, at COMMIT',
    `begin; insert into child values (1, 1); ${put('a')}; commit; ${put('b')}`,
  ),
  row(
    'a deferred constraint, kept',
    `begin; insert into child values (1, 1); insert into parent values (1); commit`,
  ),
  row('pg_current_xact_id twice in one statement', `insert into log select 'x' from generate_series(1, 3)`),
  row(
    'DO with COMMIT',
    `do $$ begin insert into log values ('a'); commit; insert into log values ('b'); end $$`,
  ),
  row('DO with COMMIT in a block', `begin; do $$ begin insert into log values ('a'); commit; end $$; commit`),
  row('DO with a hidden COMMIT', `do $$ begin insert into log values ('a'); execute 'com' || 'mit'; end $$`),
  row(
    'DO that calls a procedure which commits',
    `do $$ begin insert into log values ('z'); call commits(); end $$`,
  ),
  row(
    'DO that catches its COMMIT',
    `do $$ begin begin commit; exception when others then insert into log values (sqlstate); end; end $$`,
  ),
  row(
    'DO that asks for its transaction',
    `do $$ begin call commits(); exception when others then insert into log values (sqlstate); end $$`,
  ),
  row('CALL in a block', 'begin; call commits(); commit'),
  row(
    'a procedure that catches what it may not',
    `create procedure tries() language plpgsql as $$ begin call commits(); exception when others then insert into log values (sqlstate); end $$; call tries()`,
  ),
  row('VACUUM in a block', 'begin; vacuum t; commit'),
  row(
    'VACUUM from a function',
    `create function v() returns void language plpgsql as $$ begin execute 'vacuum t'; end $$; select v()`,
  ),
  row('CONCURRENTLY in a block', 'begin; create index concurrently t_note on t (note); commit'),
  row('CREATE DATABASE in a block', 'begin; create database made_db; commit'),
  row('ALTER SYSTEM in a block', `begin; alter system set work_mem = '5MB'; commit`),
  row(
    'ALTER TYPE ADD VALUE, used in one block',
    `begin; alter type mood add value 'new'; create table m as select 'new'::mood as m; commit`,
  ),
  row('DETACH CONCURRENTLY', 'alter table parts detach partition parts_1 concurrently'),
  row(
    'DETACH CONCURRENTLY in a block',
    'begin; alter table parts detach partition parts_1 concurrently; commit',
  ),
  row('DISCARD', `prepare p as select 1; discard all; execute p`),
  row('DISCARD in a block', `begin; discard all; commit`),
  row(
    'PREPARE TRANSACTION',
    `begin; ${put('a')}; prepare transaction 'made_x'; ${put('b')}; commit prepared 'made_x'`,
  ),
  row(
    'PREPARE TRANSACTION, left',
    `begin; ${put('a')}; prepare transaction 'made_y'`,
    `rollback prepared 'made_y'`,
  ),
  row(
    'ROLLBACK PREPARED',
    `begin; ${put('a')}; prepare transaction 'made_z'; rollback prepared 'made_z'; rollback prepared 'made_z'`,
  ),
  row(
    'CREATE SUBSCRIPTION in a block',
    `begin; create subscription sub connection 'dbname=nowhere' publication pub; commit`,
  ),
  row('DROP TABLESPACE', 'drop tablespace made_ts'),
  row(
    'an advisory lock of the session',
    `select pg_advisory_lock(1); select pg_advisory_unlock(1); select pg_advisory_unlock(1)`,
  ),
  row(
    'an advisory lock of the transaction',
    `select pg_advisory_xact_lock(1); insert into log select count(*)::text from pg_locks where locktype = 'advisory'`,
  ),
  row(
    'txid_status of the one before',
    `create table xs as select pg_current_xact_id() as x; insert into log select pg_xact_status(x) from xs; drop table xs`,
  ),
  row(
    'now() of two statements',
    `create table ts as select now() as at; insert into log select (now() > at)::text from ts; drop table ts`,
  ),
  row('a snapshot that is exported', `select pg_export_snapshot()`),
  row(
    'a table that is dropped at commit',
    `begin; create temp table tmp (id int) on commit drop; commit; select * from tmp`,
  ),
  row(
    'an event trigger that speaks',
    `create function et() returns event_trigger language plpgsql as $$ begin insert into log values (tg_tag); end $$; create event trigger evt on ddl_command_end execute function et(); create table one (id int); create table two (id int)`,
  ),
  row(
    'IF [NOT] EXISTS that skips',
    `create table if not exists t (id int); drop view if exists nobody; alter table t add column if not exists n int; ${put('a')}`,
  ),
  row(
    'RAISE in a trigger at the end',
    `create function late() returns trigger language plpgsql as $$ begin raise exception 'no' using errcode = 'P7777'; end $$; create constraint trigger late after insert on parent deferrable initially deferred for each row execute function late(); insert into parent values (5)`,
  ),
];
