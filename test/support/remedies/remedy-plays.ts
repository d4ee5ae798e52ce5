import type { RemedyId } from '../../../scripts/checks/advice/remedies/index.ts';
import { deployStep } from '../../../scripts/checks/evidence/evidence-fixture.ts';
import {
  ALL_CONNECTIONS,
  BROKEN_DETACH,
  CROSSED_LOCKS,
  DETACH,
  FEWER_CONNECTIONS,
  HASTY_INDEX,
  ORDERED_LOCKS,
  PATIENT_INDEX,
} from './remedy-acts.ts';
import { BODY_PLAYS } from './body-plays.ts';
import { DEFINED_PLAYS } from './defined-plays.ts';
import { EXPRESSION_PLAYS } from './expression-plays.ts';
import { NOT_SUPPORTED_PLAYS } from './not-supported-plays.ts';
import { PARTITION_PLAYS } from './partition-plays.ts';
import type { Play } from './remedy-play.ts';
import { STATE_PLAYS } from './state-plays.ts';
import { TRANSACTION_PLAYS } from './transaction-plays.ts';

const deploy = { planned: deployStep('roll-out', 'new'), index: 1, window: null, end: undefined };
const PARTITIONS = `create table parts (id int) partition by list (id); create table p1 partition of parts for values in (1);
    create table p2 partition of parts for values in (2)`;

function raising(level: string): string {
  return `create or replace function named() returns trigger language plpgsql as $$ begin
    if new.name is null then raise ${level} 'a name is needed'; end if; return new; end $$`;
}

export const REMEDY_PLAYS: Readonly<Record<RemedyId, Play>> = {
  deployTooEarly: {
    who: 'app',
    fails: ['select note from t'],
    works: ['alter table t add column note text', 'select note from t'],
    trouble: {
      version: 'new',
      mendedBy: 'note',
      step: { ...deploy, failedTries: [], statements: [], sent: [] },
    },
  },
  ...BODY_PLAYS,
  jsonEquality: {
    who: 'app',
    fails: ['select distinct j from t'],
    works: ['alter table t alter j type jsonb', 'select distinct j from t'],
  },
  nameGone: {
    who: 'app',
    fails: ['alter table t rename name to label', 'select name from t'],
    works: [
      'alter table t add label text',
      'select name from t',
      'alter table t drop name',
      'select label from t',
    ],
  },
  privileges: {
    who: 'app',
    fails: ['set role app', 'select * from t'],
    works: [
      'grant usage on schema public to app; grant select on table t to app',
      'set role app',
      'select * from t',
    ],
    setup: 'grant usage on schema public to app',
    trouble: { refused: { role: 'app', privileges: ['select'] } },
  },
  cachedPlan: {
    who: 'app',
    fails: ['prepare q as select * from t; execute q', 'alter table t add note text', 'execute q'],
    works: ['prepare q as select id from t; execute q', 'alter table t add note text', 'execute q'],
  },
  ...TRANSACTION_PLAYS,
  ...NOT_SUPPORTED_PLAYS,
  ...PARTITION_PLAYS,
  ...EXPRESSION_PLAYS,
  conflictTarget: {
    who: 'app',
    setup: 'create unique index by_id on t (id)',
    fails: ['drop index by_id', `insert into t values (1, 'a') on conflict (id) do nothing`],
    works: [
      'create unique index concurrently new_id on t (id)',
      'drop index concurrently by_id',
      `insert into t values (1, 'a') on conflict (id) do nothing`,
    ],
  },
  ambiguousFunction: {
    who: 'app',
    setup: `create function f(a int) returns int language sql as 'select a'`,
    fails: [
      `create or replace function f(a int, b int default 1) returns int language sql as 'select a'`,
      'select f(1)',
    ],
    works: [
      `begin; drop function f(int); create function f(a int, b int default 1) returns int language sql as 'select a'; commit`,
      'select f(1)',
    ],
  },
  noRow: {
    who: 'app',
    setup: `create function name_of(i int) returns text language plpgsql as $$ declare found_name text;
      begin select name into strict found_name from t where id = i and name not like '%!'; return found_name; end $$`,
    fails: [`update t set name = name || '!'`, 'select name_of(1)'],
    works: [
      `create or replace function name_of(i int) returns text language plpgsql as $$ declare found_name text;
         begin select name into found_name from t where id = i and name not like '%!'; if not found then return ''; end if; return found_name; end $$`,
      `update t set name = name || '!'`,
      'select name_of(1)',
    ],
  },
  raised: {
    who: 'app',
    setup: `create function named() returns trigger language plpgsql as $$ begin return new; end $$;
      create trigger named before insert on t for each row execute function named()`,
    fails: [raising('exception'), 'insert into t (id) values (3)'],
    works: [
      raising('warning'),
      'insert into t (id) values (3)',
      `update t set name = '' where name is null`,
      raising('exception'),
      `insert into t (id, name) values (4, 'd')`,
    ],
    trouble: { sql: raising('exception') },
  },
  replicaIdentity: {
    who: 'app',
    setup: 'alter table t add primary key (id); create publication pub for table t',
    fails: ['alter table t drop constraint t_pkey', 'update t set id = 5 where id = 1'],
    works: [
      'create unique index concurrently new_key on t (id)',
      'alter table t replica identity using index new_key',
      'alter table t drop constraint t_pkey, alter id set not null',
      'update t set id = 5 where id = 1',
    ],
  },
  pendingDetach: {
    who: 'plan',
    setup: PARTITIONS,
    fails: [BROKEN_DETACH, DETACH],
    works: [
      BROKEN_DETACH,
      'alter table parts detach partition p1 finalize',
      'alter table parts detach partition p2 concurrently',
    ],
  },
  pendingTriggers: {
    who: 'plan',
    setup: `create table child (id int); alter table t add primary key (id); insert into child values (1);
      alter table child add foreign key (id) references t deferrable initially deferred`,
    fails: ['begin', 'update child set id = 2', 'alter table child add note text'],
    works: ['update child set id = 2', 'alter table child add note text'],
  },
  inUse: {
    who: 'plan',
    fails: ['begin', 'declare c cursor for select * from t', 'alter table t add note text'],
    works: [
      'begin',
      'declare c cursor for select * from t',
      'close c',
      'alter table t add note text',
      'commit',
    ],
  },
  newEnumValue: {
    who: 'plan',
    setup: `create type mood as enum ('a')`,
    fails: ['begin', `alter type mood add value 'b'`, `select 'b'::mood`],
    works: [`alter type mood add value 'b'`, `select 'b'::mood`],
  },
  enumValue: {
    who: 'app',
    setup: `create type mood as enum ('a')`,
    fails: [`alter type mood rename value 'a' to 'b'`, `select 'a'::mood`],
    works: [`alter type mood add value 'b'`, `select 'a'::mood, 'b'::mood`],
  },
  ...DEFINED_PLAYS,
  ...STATE_PLAYS,
  outOfRange: {
    who: 'app',
    setup: 'create table child (t_id int)',
    fails: ['alter table t alter id type bigint', 'insert into child values (3000000000)'],
    works: [
      'alter table child alter t_id type bigint',
      'alter table t alter id type bigint',
      'insert into child values (3000000000)',
    ],
  },
  tooLong: {
    who: 'app',
    fails: ['alter table t alter name type varchar(1)', `update t set name = 'long'`],
    works: ['alter table t add check (length(name) <= 4) not valid', `update t set name = 'long'`],
  },
  nullRows: {
    who: 'app',
    fails: [
      `alter table t add note text; update t set note = ''; alter table t alter note set not null`,
      'insert into t (id) values (3)',
    ],
    works: [
      `alter table t add note text; alter table t alter note set default ''`,
      `update t set note = '' where note is null`,
      'alter table t alter note set not null',
      'insert into t (id) values (3)',
    ],
  },
  foreignKey: {
    who: 'app',
    setup: 'alter table t add primary key (id); create table child (t_id int)',
    fails: [
      'alter table child add foreign key (t_id) references t',
      'begin; insert into child values (3); insert into t (id) values (3); commit',
    ],
    works: [
      'alter table child add foreign key (t_id) references t deferrable initially deferred',
      'begin; insert into child values (3); insert into t (id) values (3); commit',
    ],
  },
  duplicateWrites: {
    who: 'app',
    setup: 'create unique index by_id on t (id)',
    fails: [
      'create unique index concurrently by_name on t (name)',
      `insert into t (id, name) values (3, 'a') on conflict (id) do nothing`,
    ],
    works: [
      `insert into t (id, name) values (2, 'c') on conflict do nothing`,
      'create unique index concurrently by_name on t (name)',
      `insert into t (id, name) values (3, 'a') on conflict do nothing`,
    ],
    trouble: { sql: 'create unique index concurrently by_name on t (name)' },
  },
  duplicateRows: {
    who: 'plan',
    setup: `insert into t values (1, 'twice')`,
    fails: ['create unique index concurrently on t (id)'],
    works: [`delete from t where name = 'twice'`, 'create unique index concurrently on t (id)'],
  },
  checkedRows: {
    who: 'plan',
    fails: ['alter table t add constraint long check (length(name) > 1)'],
    works: [
      `update t set name = name || name`,
      'alter table t add constraint long check (length(name) > 1) not valid',
      'alter table t validate constraint long',
    ],
  },
  deadlock: {
    who: 'plan',
    setup: 'create table second (id int)',
    fails: [CROSSED_LOCKS],
    works: [ORDERED_LOCKS],
  },
  lockTable: {
    who: 'plan',
    fails: ['select pg_advisory_xact_lock(i) from generate_series(1, 100000) i'],
    works: ['do $$ begin for i in 1..3000 loop perform pg_advisory_xact_lock(i); commit; end loop; end $$'],
  },
  connections: {
    who: 'app',
    fails: [ALL_CONNECTIONS],
    works: [FEWER_CONNECTIONS],
  },
  stackDepth: {
    who: 'app',
    setup: `create function again() returns trigger language plpgsql as $$ begin update t set name = 'x' where id = new.id; return new; end $$`,
    fails: [
      `set max_stack_depth = '100kB'`,
      'create trigger again after update on t for each row execute function again()',
      'update t set id = id',
    ],
    works: [
      `set max_stack_depth = '100kB'`,
      'create trigger again after update on t for each row when (pg_trigger_depth() = 0) execute function again()',
      'update t set id = id',
    ],
  },
  concurrentTimeout: {
    who: 'plan',
    fails: [HASTY_INDEX],
    works: [PATIENT_INDEX],
    trouble: { sql: 'create index concurrently by_id on t (id)' },
  },
  statementTimeout: {
    who: 'plan',
    fails: [`set statement_timeout = '20ms'`, 'select pg_sleep(1)'],
    works: [`set statement_timeout = '20ms'`, 'set statement_timeout = 0', 'select pg_sleep(0.1)'],
  },
};
