import { expect, test } from 'vitest';
import { exitCodeOfResult } from './exit-code.ts';

test('the verdict decides, an interruption more, and what may remain most', () => {
  const completed = { outcome: 'completed', environment: { leftovers: 0 } } as const;
  expect([
    exitCodeOfResult({ ...completed, verdict: 'pass' }),
    exitCodeOfResult({ ...completed, verdict: 'fail' }),
    exitCodeOfResult({ ...completed, verdict: 'inconclusive' }),
    exitCodeOfResult({ ...completed, outcome: 'interrupted', verdict: 'fail' }),
    exitCodeOfResult({ outcome: 'interrupted', verdict: 'pass', environment: { leftovers: 1 } }),
    exitCodeOfResult({ ...completed, verdict: 'pass', environment: { leftovers: null } }),
  ]).toEqual([0, 4, 5, 130, 6, 0]);
});
