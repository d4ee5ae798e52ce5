import { beforeAll, expect, test } from 'vitest';
import { loadAdvice } from '../advice.ts';
import { repeatAdvice } from './repeat-advice.ts';

beforeAll(loadAdvice);

test.each([
  ['42701', 'alter table a add column b int', 'alter table a add column if not exists b int;'],
  ['42701', 'alter table a add b int', 'alter table a add if not exists b int;'],
  ['42P07', 'create table a (b int)', 'create table if not exists a (b int);'],
  ['42P07', 'create table a as select 1 as b', 'create table if not exists a as select 1 as b;'],
  ['42P07', 'create unique index i on a (b)', 'create unique index if not exists i on a (b);'],
  ['42P07', 'create sequence s', 'create sequence if not exists s;'],
  ['42P06', 'create schema s', 'create schema if not exists s;'],
  ['42710', 'create extension hstore', 'create extension if not exists hstore;'],
  ['42P07', 'create view v as select 1', 'create or replace view v as select 1;'],
  [
    '42710',
    'create trigger t before insert on a execute function f()',
    'create or replace trigger t before insert on a execute function f();',
  ],
  ['42703', 'alter table a drop column b', 'alter table a drop column if exists b;'],
  ['42703', 'alter table a drop b', 'alter table a drop if exists b;'],
  ['42704', 'alter table a drop constraint c', 'alter table a drop constraint if exists c;'],
  ['42P01', 'drop table a', 'drop table if exists a;'],
  ['42704', 'drop index concurrently i', 'drop index concurrently if exists i;'],
  ['42704', 'drop type t', 'drop type if exists t;'],
  [
    '42P07',
    'create index concurrently i on s.a (b)',
    'drop index concurrently if exists s.i;\ncreate index concurrently i on s.a (b);',
  ],
])('says after %s of %s what can be run again', (sqlstate, sql, insteadSql) => {
  expect(repeatAdvice({ sql, sqlstate, leftovers: [] }).insteadSql).toBe(insteadSql);
});

test.each([
  ['42703', 'alter table a rename column b to c', 'Ask the catalog'],
  ['42710', 'alter table a add constraint c check (b > 0)', 'ask pg_constraint for c'],
  ['42701', 'alter table a add column b int, add column c int', 'ADD COLUMN IF NOT EXISTS for each'],
  ['42710', "create type t as enum ('x')", 'Ask the catalog'],
  ['23505', 'insert into a values (1)', 'ON CONFLICT DO NOTHING'],
  ['55P03', 'alter table a add column b int', 'give the step a lockTimeout and retries'],
  ['42P07', 'create index concurrently on a (b)', 'INVALID'],
  ['42601', 'no sql', 'Ask the catalog'],
])('gives no SQL after %s of %s, where none would be right for all', (sqlstate, sql, words) => {
  const { advice, insteadSql } = repeatAdvice({ sql, sqlstate, leftovers: [] });
  expect(insteadSql).toBeNull();
  expect(advice).toContain(words);
});

test('removes the INVALID index by the name that it has', () => {
  const left = {
    kind: 'index',
    oid: 1,
    name: 'app."I"',
    relation: 'app.a',
    isPart: false,
    lacking: [],
  } as const;
  const sql = 'create index concurrently if not exists "I" on a (b)';
  expect(repeatAdvice({ sql, sqlstate: '42P07', leftovers: [left] }).insteadSql).toBe(
    `drop index concurrently if exists app."I";\n${sql};`,
  );
});
