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
  ['42710', "alter type t add value 'x'", "alter type t add value if not exists 'x';"],
  ['42P01', 'alter table a rename to b', 'alter table if exists a rename to b;'],
  ['42P01', 'alter table a set schema s', 'alter table if exists a set schema s;'],
  [
    '42P07',
    'create index concurrently i on s.a (b)',
    'drop index concurrently if exists s.i;\ncreate index concurrently i on s.a (b);',
  ],
])('says after %s of %s what can be run again', (sqlstate, sql, insteadSql) => {
  expect(repeatAdvice({ sql, sqlstate, leftovers: [] }).insteadSql).toBe(insteadSql);
});

test.each([
  [
    '42703',
    'alter table "A" rename column b to c',
    `exists (select from pg_attribute where attrelid = '"A"'::regclass and attname = 'b' and not attisdropped)`,
  ],
  [
    '42710',
    'alter table a add constraint c check (b > 0)',
    `not exists (select from pg_constraint where conrelid = 'a'::regclass and conname = 'c')`,
  ],
  [
    '42809',
    'alter table a attach partition s.b for values in (1)',
    `not exists (select from pg_inherits where inhparent = 'a'::regclass and inhrelid = 's.b'::regclass)`,
  ],
  [
    '42P01',
    'alter table a detach partition b',
    `exists (select from pg_inherits where inhparent = 'a'::regclass and inhrelid = 'b'::regclass)`,
  ],
  ['42710', "create type s.t as enum ('x')", `to_regtype('s.t') is null`],
  ['42710', 'create domain d as int', `to_regtype('d') is null`],
  [
    '42710',
    'create policy p on a using (true)',
    `not exists (select from pg_policy where polrelid = 'a'::regclass and polname = 'p')`,
  ],
  ['42710', 'create role r', `not exists (select from pg_roles where rolname = 'r')`],
])('asks the catalog after %s of %s, which has no word for that', (sqlstate, sql, condition) => {
  expect(repeatAdvice({ sql, sqlstate, leftovers: [] }).insteadSql).toBe(
    `do $do$ begin\n  if ${condition} then\n    ${sql};\n  end if;\nend $do$;`,
  );
});

test.each([
  ['42710', 'alter table a add check (b > 0)', 'Give the constraint a name'],
  ['55000', 'alter table a detach partition b concurrently', 'alter table a detach partition b finalize;'],
  ['42701', 'alter table a add column b int, add column c int', 'ADD COLUMN IF NOT EXISTS for each'],
  ['42710', 'create cast (a as b) with inout', 'Ask the catalog'],
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
