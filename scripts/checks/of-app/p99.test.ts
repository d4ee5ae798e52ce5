import { beforeAll, expect, test } from 'vitest';
import { loadAdvice } from '../advice.ts';
import { analyse } from '../analysis/analyse.ts';
import { evidence, request, requestTable, runRecord, stepWindow } from '../evidence/evidence-fixture.ts';
import { runChecks } from '../run-checks.ts';

beforeAll(loadAdvice);

/** A p99 of so many milliseconds before the step, and of so many in it. */
function p99Of(beforeMs: number, duringMs: number): { status?: string; message?: string; advice?: unknown } {
  const load = [
    { type: 'started', tMs: 0 },
    { type: 'baseline', fromMs: 1000, toMs: 5000 },
  ] as never;
  const requests = requestTable([
    ...Array.from({ length: 40 }, (_, at) => request(1000 + at * 90, 1000 + at * 90 + beforeMs)),
    ...Array.from({ length: 40 }, (_, at) => request(6000 + at * 50, 6000 + at * 50 + duringMs)),
  ]);
  const run = runRecord({ budgets: { p99Ms: 100 } });
  const analysis = analyse(evidence({ run, load, requests, steps: [...stepWindow('alter', 6000, 8000)] }));
  expect(analysis.baseline?.p99Ms).toBe(beforeMs);
  return runChecks(analysis).findings.find(({ finding }) => finding.check === 'p99')?.finding ?? {};
}

test('a p99 that was over its budget before the plan began says nothing of the plan', () => {
  const { status, message, advice } = p99Of(467, 530);
  expect(status).toBe('inconclusive');
  expect(message).toContain('530 ms');
  expect(message).toContain('against 467 ms before the first step');
  expect(message).toContain('The budget was broken before the plan began');
  expect(advice).toContain('Rehearse where the app alone keeps the budget');
});

test('one that the plan brought over its budget is a failure', () => {
  expect(p99Of(20, 530)).toMatchObject({ status: 'fail' });
});
