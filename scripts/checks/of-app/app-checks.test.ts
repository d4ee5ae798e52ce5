import { beforeAll, expect, test } from 'vitest';
import type { CompatibilityRecord, LoadEvent, PlannedStep } from '../../artifacts/records/records.ts';
import { loadAdvice } from '../advice.ts';
import {
  deployStep,
  evidence,
  plannedStep,
  request,
  requestTable,
  runRecord,
  statementRecord,
  stepWindow,
} from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';
import type { Result } from '../result/contract/result.ts';

beforeAll(loadAdvice);

const broken: CompatibilityRecord[] = ['start', 'alter'].map((after) => ({
  after,
  version: 'old',
  script: 'read',
  ok: after === 'start',
  sqlstate: after === 'start' ? null : '42703',
  message: null,
}));
const rename = statementRecord({
  sql: 'alter table customers rename column name to full_name',
  sentMs: 5000,
});
const failing = requestTable([
  request(4000, 4001),
  ...Array.from({ length: 30 }, (_, index) => request(5010 + index * 100, 5011 + index * 100, '42703')),
]);

function judged(errors: number | undefined, requests = failing): Result {
  const run = runRecord({ budgets: errors === undefined ? {} : { errors } });
  return judgeEvidence(
    evidence({ run, requests, compatibility: broken, steps: [...stepWindow('alter', 4900, 6000), rename] }),
  );
}

test('a renamed column fails with its statement, the version that broke, its SQLSTATE and how many requests failed', () => {
  const { verdict, headline, findings } = judged(0);
  expect(verdict).toBe('fail');
  expect(headline).toBe(
    'Step 1 alter made 30 requests fail (budget 0): old/read 30 with 42703. After it no version of the app can find name any more.',
  );
  const told = findings.map(({ check, status, step, statement, measured, sqlstate, message }) => {
    return [check, status, step, statement, measured, sqlstate, message];
  });
  expect(told).toEqual([
    [
      'errors',
      'fail',
      'alter',
      1,
      30,
      '42703',
      'Step 1 alter made 30 requests fail (budget 0): old/read 30 with 42703.',
    ],
    [
      'compatibility',
      'fail',
      'alter',
      1,
      1,
      '42703',
      'Step 1 alter breaks old, which has traffic then: read fails with 42703.',
    ],
  ]);
  expect(findings[0]?.insteadSql?.split('\n')[0]).toBe('alter table customers add column full_name text;');
});

test('errors within the budget pass, and without a budget they are only measured', () => {
  const check = (result: Result): unknown => result.checks.find(({ id }) => id === 'errors');
  expect(check(judged(30))).toEqual({
    id: 'errors',
    title: 'No more requests failed than the budget allows',
    status: 'pass',
    measured: 30,
    budget: 30,
    unit: 'requests',
    better: 'lower',
    threshold: { value: 30, from: 'rehearsal' },
  });
  expect(check(judged(undefined))).toMatchObject({ status: 'not-judged', measured: 30, budget: null });
});

test('failures before the first step are no fault of the plan', () => {
  const early = requestTable([request(4000, 4001, '42703'), request(5500, 5501)]);
  expect(judged(0, early).checks.find(({ id }) => id === 'errors')).toMatchObject({
    status: 'pass',
    measured: 0,
  });
  expect(judged(0, early).errors).toEqual([
    { version: 'old', script: 'read', step: null, sqlstate: '42703', count: 1 },
  ]);
});

function rollback(drop: Partial<PlannedStep>): Result {
  const plan = [deployStep('to-new', 'new'), plannedStep('drop', drop)];
  const load = runRecord().load;
  const versions = ['old', 'new'].map((name) => ({ name, scripts: [{ name: 'read', weight: 1 }] }));
  const compatibility = ['start', 'to-new', 'drop'].flatMap((after) =>
    ['old', 'new'].map((version) => {
      const ok = after !== 'drop' || version === 'new';
      return { after, version, script: 'read', ok, sqlstate: ok ? null : '42703', message: null };
    }),
  );
  const steps = [...stepWindow('to-new', 4900, 5500), ...stepWindow('drop', 5600, 5700)];
  return judgeEvidence(
    evidence({ run: runRecord({ plan, load: { ...load, versions } }), compatibility, steps }),
  );
}

test('the version just left is shown where a step takes the way back to it', () => {
  const { verdict, findings, checks } = rollback({});
  expect(verdict).toBe('pass');
  expect(findings.map(({ check, status, step, message }) => [check, status, step, message])).toEqual([
    [
      'compatibility',
      'warn',
      'drop',
      'A rollback to old is no longer possible after step 2 drop: its read fails with 42703.',
    ],
  ]);
  expect(checks.find(({ id }) => id === 'compatibility')).toMatchObject({
    status: 'warn',
    measured: 0,
    title: 'A step takes away the way back to the app version before',
  });
});

test('a step marked as the point of no return may take the way back', () => {
  expect(rollback({ pointOfNoReturn: true }).findings).toEqual([]);
});

test('a version that fails before it has any traffic is not judged, and is judged from its deploy on', () => {
  const plan = [plannedStep('alter'), deployStep('to-new', 'new')];
  const load = { ...runRecord().load, versions: ['old', 'new'].map((name) => ({ name, scripts: [] })) };
  const compatibility = ['start', 'alter', 'to-new'].map((after) => ({
    after,
    version: 'new',
    script: 'read',
    ok: false,
    sqlstate: '42703',
    message: null,
  }));
  const steps = [...stepWindow('alter', 4900, 5000), ...stepWindow('to-new', 5100, 5200)];
  const { findings, compatibility: cells } = judgeEvidence(
    evidence({ run: runRecord({ plan, load }), compatibility, steps }),
  );
  expect(cells.map(({ after, live }) => [after, live])).toEqual([
    ['start', false],
    ['alter', false],
    ['to-new', true],
  ]);
  expect(findings.map(({ message }) => message)).toEqual([
    'Step 2 to-new breaks new, which has traffic then: read fails with 42703.',
  ]);
});

test('a failure that only the traffic meets is told with what the server said to it', () => {
  const said: LoadEvent = {
    type: 'said',
    tMs: 5010,
    version: 'old',
    script: 'read',
    sqlstate: '0A000',
    message: 'cached plan must not change result type',
    hint: null,
  };
  const { findings } = judgeEvidence(
    evidence({
      run: runRecord({ budgets: { errors: 0 } }),
      requests: requestTable([request(4000, 4001), request(5010, 5011, '0A000')]),
      load: [...(evidence({}).load ?? []), said],
      steps: [...stepWindow('alter', 4900, 6000), rename],
    }),
  );
  expect(findings.map(({ message }) => message)).toEqual([
    'Step 1 alter made 1 request fail (budget 0): old/read 1 with 0A000 (cached plan must not change result type).',
  ]);
});
