import { expect, test } from 'vitest';
import { nightOf } from './nights.fixture.ts';
import { lastGood } from './window.ts';

const RUNS = [
  nightOf(0, { branch: 'main' }),
  nightOf(1, { branch: 'main', verdict: 'fail' }),
  nightOf(2, { branch: 'main', planSha256: 'another' }),
  nightOf(3, { branch: 'pull/12' }),
];
const run = nightOf(4, { branch: 'pull/12' });

test('a run is held against the last good one of the branch that it goes into', () => {
  expect(lastGood([...RUNS, run], run, 'main')).toEqual({ line: RUNS[0], whose: 'of main' });
});

test('where that branch has none or is not known it is the last good one of any, and that is said', () => {
  expect(lastGood(RUNS, run, 'next')).toEqual({
    line: RUNS[3],
    whose: 'of pull/12, since next has none',
  });
  expect(lastGood([nightOf(3)], run, 'next')?.whose).toBe('of a branch not known, since next has none');
  expect(lastGood(RUNS, run, null)).toEqual({ line: RUNS[3], whose: 'of any branch' });
  expect(lastGood(RUNS.slice(1, 3), run, 'main')).toBeUndefined();
});
