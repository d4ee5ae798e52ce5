import { beforeAll, describe, expect, test } from 'vitest';
import { loadAdvice } from '../../advice.ts';
import { remedyOf } from './index.ts';
import type { Trouble } from './remedy.ts';

beforeAll(loadAdvice);

/** What the app meets after a statement of the plan. */
function advice(sqlstate: string, message: string, sql: string): string | undefined {
  const trouble: Trouble = {
    sqlstate,
    message,
    sql,
    who: 'app',
    step: null,
    version: 'old',
    mendedBy: null,
    refused: { role: 'shop', privileges: ['select'] },
    inside: null,
  };
  return remedyOf(trouble)?.advice;
}

describe('what a step takes from a version with traffic is kept, and not given anew', () => {
  test.each([
    'revoke select on parts from shop',
    'revoke app_readers from shop',
    'alter table parts owner to postgres',
    'reassign owned by shop to postgres',
    'drop owned by shop',
  ])('a privilege: %s', (sql) => {
    expect(advice('42501', 'permission denied for table parts', sql)).toMatch(
      /^The step takes away what shop/,
    );
  });
  test('the right to log in', () => {
    const refused = advice('42501', 'permission denied for database shop', 'do $$ begin end $$');
    expect(refused).toMatch(/^Keep CONNECT on the database for shop/);
  });
  test('but GRANT is the answer where the plan made something new', () => {
    const made = advice('42501', 'permission denied for table parts', 'create table parts (id int)');
    expect(made).toMatch(/^GRANT what shop needs on parts/);
  });

  const NULLS = 'null value in column "n" of relation "items" violates not-null constraint';
  test.each([
    'alter table items alter column n drop default',
    'alter table items alter n drop identity',
    'drop trigger fill on items',
  ])('a value: %s', (sql) => {
    expect(advice('23502', NULLS, sql)).toMatch(/what gave it a value is gone: keep it/);
  });
  test('but the default comes first where NOT NULL is new', () => {
    expect(advice('23502', NULLS, 'alter table items alter n set not null')).toMatch(/Default first/);
  });

  const TWICE = 'duplicate key value violates unique constraint "events_pkey"';
  test.each([
    'alter sequence events_id_seq restart with 1',
    "select setval('events_id_seq', 1)",
    'alter table events alter id restart',
  ])('a number: %s', (sql) => {
    expect(advice('23505', TWICE, sql)).toMatch(/^The sequence was set back/);
  });
  test('but the new sequence goes on behind the key where a table was swapped', () => {
    expect(advice('23505', TWICE, 'alter table events_new rename to events')).toMatch(/began again/);
  });
});

test('a rule that a trigger of the plan holds is named, and ON CONFLICT is told as far as it helps', () => {
  const made = 'create or replace function app.named() returns trigger language plpgsql as $$ begin end $$';
  expect(advice('P0001', '', made)).toMatch(
    /^old does what the function app\.named refuses since this step\./,
  );
  expect(advice('23505', 'duplicate key value', 'create unique index by_name on t (name)')).toMatch(
    /with its columns it fails \(42P10\) until the index is there/,
  );
});

test.each([
  ['57014', 'canceling statement due to statement timeout'],
  ['40P01', 'deadlock detected'],
  ['55P03', 'canceling statement due to lock timeout'],
])(
  'what is CONCURRENTLY and ends with %s is told to wait without a timeout, and nothing else',
  (sqlstate, message) => {
    const sql = 'create index concurrently by_name on parts (name)';
    const trouble: Trouble = {
      sqlstate,
      message,
      sql,
      who: 'plan',
      step: null,
      version: null,
      mendedBy: null,
      refused: null,
      inside: null,
    };
    expect(remedyOf(trouble)?.advice).toMatch(/lock_timeout = 0/);
    expect(remedyOf(trouble)?.advice).not.toMatch(/short/);
  },
);
