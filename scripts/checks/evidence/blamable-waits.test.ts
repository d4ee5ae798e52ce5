import { expect, test } from 'vitest';
import type { ExactWaitRecord } from '../../artifacts/records/records.ts';
import { blamable } from './blamable-waits.ts';
import { waitRecord } from './evidence-fixture.ts';

const row = { type: 'wait', pid: 7, role: 'app', relation: null, locktype: 'transactionid' } as const;
const wait = (fromMs: number, toMs: number, rest: object = {}): ExactWaitRecord => {
  return { ...row, mode: 'ShareLock', fromMs, toMs, end: 'granted', ...rest };
};

test('a wait of the app for a row is kept where a look saw it, and all others are kept in any case', () => {
  const isKept = blamable([waitRecord({ pid: 7, tMs: 100, sinceMs: 95, lastMs: 300 })]);
  expect(
    [wait(95, 120), wait(290, 305), wait(50, 60), wait(320, 330), wait(95, 120, { pid: 8 })].map(isKept),
  ).toEqual([true, true, false, false, false]);
  expect([wait(1, 2, { locktype: 'relation' }), wait(1, 2, { role: 'migration' })].map(isKept)).toEqual([
    true,
    true,
  ]);
  expect(isKept({ type: 'release', pid: 7, tMs: 5 })).toBe(true);
});
