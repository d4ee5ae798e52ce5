import { beforeAll, expect, test } from 'vitest';
import type { LoadEvent } from '../../artifacts/records/records.ts';
import { loadAdvice } from '../advice.ts';
import { evidence, plannedStep, runRecord, stepWindow } from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';
import type { Result } from '../result/contract/result.ts';

beforeAll(loadAdvice);

const PLAN = [
  plannedStep('close', { kind: 'maintenance', maintenance: 'begin' }),
  plannedStep('rename'),
  plannedStep('open', { kind: 'maintenance', maintenance: 'end' }),
];
const BACK = plannedStep('undo open', {
  kind: 'maintenance',
  maintenance: 'begin',
  way: { kind: 'back', of: 'open' },
});
const LOAD: readonly LoadEvent[] = [
  { type: 'started', tMs: 0 },
  { type: 'baseline', fromMs: 3000, toMs: 4900 },
  { type: 'maintenance', fromMs: 5010, tMs: 9000, turnedAway: 400 },
  { type: 'maintenance', fromMs: 20_000, tMs: 29_000, turnedAway: 900 },
  { type: 'stopped', tMs: 100_000, unfinished: 0 },
];

function judged(downtimeMs?: number): Result {
  const steps = [
    ...stepWindow('close', 5000, 5100),
    ...stepWindow('rename', 6000, 8000),
    ...stepWindow('open', 8950, 9000),
    ...stepWindow('undo open', 20_000, 29_000),
  ];
  const run = runRecord({
    plan: [...PLAN, BACK],
    ...(downtimeMs !== undefined && { budgets: { downtimeMs } }),
  });
  return judgeEvidence(evidence({ run, steps, load: LOAD }));
}

test('the app is off for what the steps of the plan take, without the pauses between them and without the way back', () => {
  const { downtimeSeconds, maintenance } = judged();
  expect({ downtimeSeconds, maintenance }).toEqual({
    downtimeSeconds: 2.14,
    maintenance: [
      { fromMs: 5010, toMs: 9000, turnedAway: 400 },
      { fromMs: 20_000, toMs: 29_000, turnedAway: 900 },
    ],
  });
});

test('a window that is longer than its budget fails, and the step that took most of it is named', () => {
  expect(judged(2140).findings.filter(({ check }) => check === 'downtime')).toEqual([]);
  expect(judged(2000).findings.find(({ check }) => check === 'downtime')).toMatchObject({
    status: 'fail',
    step: 'rename',
    measured: 2140,
    budget: 2000,
    unit: 'ms',
    message:
      'The app was off for 2.14 s (budget 2.00 s), and 400 requests were turned away. Step 2 rename took 2.00 s of it.',
  });
});
