import type { Play } from './remedy-play.ts';

const NAMED = `create function name_of(i int) returns text language plpgsql as $$ begin return (select name from t where id = i); end $$`;
const LABELLED = `create or replace function name_of(i int) returns text language plpgsql as $$ begin return (select label from t where id = i); end $$`;

/** What bodies of functions, and queries that name no table, say of columns. */
export const BODY_PLAYS = {
  staleTriggerBody: {
    who: 'app',
    setup: `create function fill() returns trigger language plpgsql as $$ begin new.name := 'x'; return new; end $$;
      create trigger fill before update on t for each row execute function fill()`,
    fails: ['alter table t rename name to label', 'update t set id = id'],
    works: [
      `begin; alter table t rename name to label; create or replace function fill() returns trigger language plpgsql
         as $$ begin new.label := 'x'; return new; end $$; commit`,
      'update t set id = id',
    ],
  },
  staleBody: {
    who: 'app',
    setup: NAMED,
    fails: ['alter table t rename name to label', 'select name_of(1)'],
    works: [`begin; alter table t rename name to label; ${LABELLED}; commit`, 'select name_of(1)'],
  },
  ambiguousColumn: {
    who: 'app',
    setup: 'create table u (id int)',
    fails: ['alter table u add name text', 'select name from t join u using (id)'],
    works: [
      'select t.name from t join u using (id)',
      'alter table u add name text',
      'select t.name from t join u using (id)',
    ],
  },
  returnType: {
    who: 'plan',
    setup: `create function f() returns int language sql as 'select 1'`,
    fails: [`create or replace function f() returns bigint language sql as 'select 1::bigint'`],
    works: [
      `begin; drop function f(); create function f() returns bigint language sql as 'select 1::bigint'; commit`,
      'select f()',
    ],
  },
} as const satisfies Readonly<Record<string, Play>>;
