import { beforeAll, expect, test } from 'vitest';
import type { StatementRecord } from '../../artifacts/records/records.ts';
import { loadAdvice } from '../advice.ts';
import { statementRecord, stepError } from '../evidence/evidence-fixture.ts';
import { ownSettings } from './own-settings.ts';
import { shownTimeout, timeoutMs } from './timeouts.ts';

beforeAll(loadAdvice);

/** What is in force for the last of these, of which those with the same number are one transaction. */
function inForce(...statements: readonly [sql: string, transaction: number, failed?: 'failed'][]): unknown[] {
  const records = statements.map(([sql, transaction, failed], position): StatementRecord => {
    const error = failed === undefined ? null : stepError('55P03', 'canceling statement due to lock timeout');
    return statementRecord({
      sql,
      line: position + 1,
      sentMs: position,
      releasedMs: 1000 * transaction,
      error,
    });
  });
  const last = records.at(-1);
  return last === undefined
    ? []
    : ownSettings(records)(last).map(({ name, value, line }) => [name, value, line]);
}

const ALTER = 'alter table customers add column memo text';

test.each([
  `set lock_timeout = '2s'`,
  'SET SESSION lock_timeout TO 2000',
  `select set_config('lock_timeout', '2s', false)`,
  `do $$ begin perform set_config('lock_timeout', '2000ms', 'f'); end $$`,
  `do $$ begin execute 'set lock_timeout = ''2s'''; end $$`,
  `do $$ begin set lock_timeout to '2 s'; end $$`,
])('%s is in force for the session', (sql) => {
  expect(inForce([sql, 1], [ALTER, 2])).toEqual([['lock_timeout', '2s', 1]]);
});

test.each([
  `set local lock_timeout = '2s'`,
  `select pg_catalog.set_config('lock_timeout', '2s', true)`,
  `do $$ begin set local lock_timeout = '2s'; end $$`,
])('%s is in force until the end of its transaction', (sql) => {
  expect(inForce([sql, 1], [ALTER, 1])).toEqual([['lock_timeout', '2s', 1]]);
  expect(inForce([sql, 1], [ALTER, 2])).toEqual([]);
});

test('a later setting, a reset and a transaction that failed take it back', () => {
  const set = `set lock_timeout = '2s'`;
  expect(inForce([set, 1], [`set local lock_timeout = '60ms'`, 2], [ALTER, 2])).toEqual([
    ['lock_timeout', '60ms', 2],
  ]);
  expect(inForce([set, 1], [`set local lock_timeout = '60ms'`, 2], [ALTER, 2], [ALTER, 3])).toEqual([
    ['lock_timeout', '2s', 1],
  ]);
  expect(inForce([set, 1], ['reset lock_timeout', 2], [ALTER, 3])).toEqual([['lock_timeout', null, 2]]);
  expect(inForce([set, 1], [ALTER, 1, 'failed'], [ALTER, 2])).toEqual([]);
  expect(inForce([set, 1], [ALTER, 1, 'failed'])).toEqual([['lock_timeout', '2s', 1]]);
  expect(inForce([set, 1], ['discard all', 2], [ALTER, 3])).toContainEqual(['lock_timeout', null, 2]);
});

test('other settings, other words and a statement before it are none', () => {
  expect(inForce([`set work_mem = '1MB'`, 1], ['select lock_timeout from t', 1], [ALTER, 1])).toEqual([]);
  expect(inForce([ALTER, 1])).toEqual([]);
});

test('values are read and written as PostgreSQL does', () => {
  expect(['2s', '2000', '1.5 min', '0', '1500us', 'soon'].map(timeoutMs)).toEqual([
    2000,
    2000,
    90_000,
    0,
    2,
    undefined,
  ]);
  expect([0, 60, 2000, 90_000, 120_000, 86_400_000].map(shownTimeout)).toEqual([
    '0',
    '60ms',
    '2s',
    '90s',
    '2min',
    '1d',
  ]);
});
