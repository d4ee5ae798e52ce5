import { beforeAll, expect, test } from 'vitest';
import type { BatchRecord } from '../../artifacts/records/records.ts';
import type { TriggerTime } from '../../artifacts/records/of-plan/batch-record.ts';
import { loadAdvice } from '../advice.ts';
import { evidence, plannedStep, runRecord } from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';
import type { Result } from '../result/contract/result.ts';

beforeAll(loadAdvice);

function fired(name: string, timeMs: number, called: string | null = 'app.log_change'): TriggerTime {
  return { name, function: called, calls: 1000, timeMs };
}

/** A backfill of two batches whose updates took 100 ms each. */
function judged(rows: number, ...triggers: readonly (readonly TriggerTime[])[]): Result {
  const batches = triggers.map((own, at): BatchRecord => ({
    step: 'alter',
    batch: at + 1,
    startMs: 5000 + at * 100,
    endMs: 5100 + at * 100,
    rows,
    covered: rows,
    estimatedTotal: 2 * rows,
    walBytes: 0,
    pausedMs: 0,
    pauseReason: null,
    attempts: 1,
    triggers: { executionMs: 100, fired: own },
  }));
  const run = runRecord({ plan: [plannedStep('alter', { kind: 'backfill', batchTargetMs: 50 })] });
  return judgeEvidence(evidence({ run, batches }));
}

test('a trigger that took most of the time is told with its function and what to do', () => {
  const { findings, verdict, steps } = judged(1000, [fired('log', 70)], [fired('log', 90)]);
  expect(verdict).toBe('pass');
  expect(findings).toMatchObject([
    { check: 'backfillTriggers', status: 'warn', step: 'alter', measured: 80, budget: 50 },
  ]);
  expect(findings[0]?.message).toBe(
    'Step 1 alter: its 2,000 rows fired trigger log (app.log_change): 80 % of the time of its batches.',
  );
  expect(findings[0]?.advice).toMatch(/^Let the trigger not fire .* UPDATE OF .* WHEN .* DISABLE TRIGGER/);
  expect(findings[0]?.advice).not.toMatch(/VALIDATE CONSTRAINT/);
  expect(steps[0]?.backfill?.triggers).toEqual([
    { name: 'log', function: 'app.log_change', calls: 2000, rows: 2000, timePercent: 80 },
  ]);
});

test('several are told with the share of each, and a foreign key with its own remedy', () => {
  const own = [fired('few', 2), fired('orders_customer_fkey', 31, null), fired('log', 40)];
  const { findings } = judged(1000, own, own);
  expect(findings[0]?.message).toBe(
    'Step 1 alter: its 2,000 rows fired trigger log (app.log_change) 40 % and the foreign key orders_customer_fkey 31 %: 73 % of the time of its batches.',
  );
  expect(findings[0]?.advice).toMatch(/DISABLE TRIGGER.*VALIDATE CONSTRAINT/);
});

test.each([
  ['no trigger fired', 1000, []],
  ['they took less than half', 1000, [fired('log', 30), fired('touch', 19)]],
  ['too few rows were changed to tell', 200, [fired('log', 90)]],
] as const)('nothing is told where %s', (_, rows, own) => {
  expect(judged(rows, own, own).findings).toEqual([]);
});
