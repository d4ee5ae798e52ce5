import { beforeAll, expect, test } from 'vitest';
import { loadAdvice } from '../advice.ts';
import { evidence } from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';
import type { Finding } from '../result/contract/result.ts';

beforeAll(loadAdvice);

/** Of a table of 1,000 rows. */
function found(otherBefore: number, other: number): Finding[] {
  const schema = [
    {
      type: 'drift' as const,
      step: 'alter',
      backfill: 'fill',
      tMs: 0,
      table: 'public.goods',
      columns: ['price_cents'],
      rows: 1000,
      other,
      otherBefore,
      writers: ['old/reprice'],
    },
  ];
  return judgeEvidence(evidence({ schema })).findings;
}

test('rows that went stale behind a backfill are told at the deploy, with who wrote them', () => {
  expect(found(3, 15)).toMatchObject([
    {
      check: 'backfillDrift',
      status: 'fail',
      step: 'alter',
      measured: 12,
      message:
        'Step 1 alter goes out to stale rows: 12 rows of goods differ in price_cents from what fill puts there. ' +
        'The app that does not know the column (old/reprice) wrote them meanwhile, and goes on until it is gone.',
      advice: expect.stringMatching(/^Dual writes first/) as string,
    },
  ]);
});

test.each([
  ['as many as before', 15, 15],
  ['fewer than before', 15, 2],
  ['so many that the expression gives another value each time', 0, 201],
])('%s say nothing', (_, before, after) => {
  expect(found(before, after)).toEqual([]);
});
