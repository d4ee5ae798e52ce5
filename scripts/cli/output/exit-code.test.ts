import { expect, test } from 'vitest';
import { exitCodeOfResult } from './exit-code.ts';

test('the verdict decides, and what may remain decides more', () => {
  const gone = { environment: { leftovers: 0 } };
  expect([
    exitCodeOfResult({ ...gone, verdict: 'pass' }),
    exitCodeOfResult({ ...gone, verdict: 'fail' }),
    exitCodeOfResult({ ...gone, verdict: 'inconclusive' }),
    exitCodeOfResult({ verdict: 'pass', environment: { leftovers: 1 } }),
    exitCodeOfResult({ verdict: 'pass', environment: { leftovers: null } }),
  ]).toEqual([0, 4, 5, 6, 0]);
});
