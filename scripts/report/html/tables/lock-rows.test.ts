import { expect, test } from 'vitest';
import { sampleChecks } from '../../../../test/report/sample-parts.ts';
import { passingResult } from '../../../../test/report/sample-result.ts';
import { limitOf, lockRows, type LockBar } from './lock-rows.ts';

function bar(relation: string, mode: string, heldMs: number, waitedMs = 0): LockBar {
  return {
    step: 's',
    statement: 1,
    relation,
    mode,
    waitFromMs: 1000,
    fromMs: 1000 + waitedMs,
    toMs: 1000 + waitedMs + heldMs,
  };
}

function rowsOf(locks: LockBar[], most = 5): [string, ...string[]][] {
  const { timeline } = passingResult();
  return lockRows(passingResult({ timeline: { ...timeline, locks } }), most).map(({ name, bars }) => [
    name,
    ...bars.map(({ tone }) => tone),
  ]);
}

test('a lock is toned by what it stops and for how long, its wait included', () => {
  expect(
    rowsOf([
      bar('public.a', 'AccessExclusiveLock', 4),
      bar('public.a', 'AccessExclusiveLock', 4, 600),
      bar('public.a', 'ShareLock', 4),
      bar('public.a', 'ShareLock', 501),
      bar('public.a', 'ShareUpdateExclusiveLock', 90_000),
      bar('public.a', 'RowExclusiveLock', 90_000),
    ]),
  ).toEqual([['a', 'lets', 'lets', 'writes', 'stops', 'over', 'over']]);
});

test('the relation that was stopped longest comes first; what has no row of its own is summed up', () => {
  const locks = [
    bar('public.a', 'RowExclusiveLock', 9000),
    bar('app.b', 'AccessExclusiveLock', 10),
    bar('public.c', 'AccessExclusiveLock', 20),
    bar('public.d', 'AccessShareLock', 5),
  ];
  expect(rowsOf(locks, 3)).toEqual([
    ['c', 'stops'],
    ['app.b', 'stops'],
    ['2 others', 'lets', 'lets'],
  ]);
});

test('the strictest lock budget tells long from short; without one it is half a second', () => {
  expect(limitOf(passingResult({ checks: sampleChecks({ lockHold: { budget: 200 } }) }))).toBe(200);
  expect(limitOf(passingResult({ checks: [] }))).toBe(500);
});
