import { expect, test } from 'vitest';
import { activityOf } from './activity.ts';

const at = (atSeconds: number, transactions: number, sinceResetSeconds: number | null = null) => ({
  atSeconds,
  transactions,
  sinceResetSeconds,
});

test('the rate is that of the dump where it ran for a minute, else that since the counters were reset', () => {
  expect(activityOf(at(1000, 500), at(1120, 6500, 9))).toEqual({
    transactionsPerSec: 50,
    seconds: 120,
    during: 'the dump',
  });
  expect(activityOf(at(1000, 500), at(1010, 7200, 3600))).toEqual({
    transactionsPerSec: 2,
    seconds: 3600,
    during: 'all since its counters were reset',
  });
});

test('nothing is told of a short while, nor of counters that went back', () => {
  expect(activityOf(at(1000, 500), at(1010, 600))).toBeNull();
  expect(activityOf(at(1000, 500), at(1120, 6, 30))).toBeNull();
  expect(activityOf(undefined, at(1120, 6500))).toBeNull();
});
