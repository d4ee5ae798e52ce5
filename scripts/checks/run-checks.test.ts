import { beforeAll, describe, expect, test } from 'vitest';
import { loadAdvice } from './advice.ts';
import {
  evidence,
  plannedStep,
  request,
  requestTable,
  runRecord,
  stepError,
  stepWindow,
} from './evidence/evidence-fixture.ts';
import type { RunRecord } from '../artifacts/records/records.ts';
import type { Evidence } from './evidence/evidence.ts';
import { judgeEvidence } from './judge.ts';
import { resultSchema, type Result } from './result/contract/result.ts';

beforeAll(loadAdvice);

function told(parts: Partial<Evidence>): { verdict: string; findings: string[][]; result: Result } {
  const result = judgeEvidence(evidence(parts));
  resultSchema.parse(result);
  const { verdict, findings } = result;
  return {
    verdict,
    findings: findings.map(({ check, status, message }) => [check, status, message]),
    result,
  };
}

function check(parts: Partial<Evidence>, id: string): Result['checks'][number] | undefined {
  return told(parts).result.checks.find((one) => one.id === id);
}

test('an uneventful run passes with a sentence that says what was measured', () => {
  const { verdict, findings, result } = told({});
  expect([verdict, findings]).toEqual(['pass', []]);
  expect(result.headline).toBe(
    'The only step ran: no request failed, none was delayed, the longest stop of the app was 0 ms and the longest hold that stops it 0 ms.',
  );
});

describe('missing evidence', () => {
  test.each([
    'steps',
    'waits',
    'requests',
    'load',
    'compatibility',
    'server',
    'probes',
    'locks',
    'environment',
    'snapshot',
  ] as const)('without %s no run passes', (name) => {
    const { verdict, findings } = told({ [name]: undefined });
    expect(verdict).toBe('inconclusive');
    expect(findings.map(([id]) => id)).toContain('evidenceComplete');
  });

  test('a budget whose evidence is missing is inconclusive, and without a budget it is not judged', () => {
    const run = runRecord({ budgets: { lockWaitMs: 500 } });
    expect(check({ run, waits: undefined }, 'lockWait')).toEqual({
      id: 'lockWait',
      title: 'No single wait for a lock went over its budget',
      status: 'inconclusive',
      measured: null,
      budget: 500,
      unit: 'ms',
      better: 'lower',
      threshold: { value: 500, from: 'rehearsal' },
    });
    expect(check({ waits: undefined }, 'lockWait')?.status).toBe('not-judged');
  });

  test('each figure says which way is better, and where its threshold comes from', () => {
    const of = (id: string, rest: Partial<RunRecord> = {}): unknown => {
      const run = runRecord({ budgets: { lockWaitMs: 500, backfillRatePerSec: 900 }, ...rest });
      const { better, threshold } = check({ run }, id) ?? {};
      return { better, threshold };
    };
    const budget = { value: 500, from: 'rehearsal' };
    expect(of('lockWait')).toEqual({ better: 'lower', threshold: budget });
    expect(of('lockWait', { hasDefaultBudgets: true })).toMatchObject({ threshold: { from: 'default' } });
    expect(of('backfillRate')).toEqual({ better: 'higher', threshold: { value: 900, from: 'rehearsal' } });
    expect(of('lockSlots')).toEqual({ better: 'lower', threshold: { value: 50, from: 'tool' } });
    expect(of('lockHold')).toEqual({ better: 'lower', threshold: null });
    expect(of('steps')).toEqual({ better: undefined, threshold: undefined });
  });

  test('a plan with a backfill needs its batches', () => {
    const run = runRecord({ plan: [plannedStep('alter', { kind: 'backfill' })] });
    expect(told({ run, batches: undefined }).verdict).toBe('inconclusive');
    expect(told({ batches: undefined }).verdict).toBe('pass');
  });

  test('a probe that died, never stopped or never started leaves the run open', () => {
    const { verdict, findings } = told({
      probes: [
        { probe: 'requests', event: 'started', tMs: 0, message: null },
        { probe: 'requests', event: 'stopped', tMs: 9, message: null },
        { probe: 'waits', event: 'started', tMs: 0, message: null },
        { probe: 'waits', event: 'died', tMs: 9, message: 'the connection was lost' },
        { probe: 'server', event: 'started', tMs: 0, message: null },
      ],
    });
    expect(verdict).toBe('inconclusive');
    expect(findings).toEqual([
      ['evidenceComplete', 'inconclusive', 'The waits probe died: the connection was lost.'],
      [
        'evidenceComplete',
        'inconclusive',
        'The server probe never stopped in order: what it recorded may lack its end.',
      ],
      ['evidenceComplete', 'inconclusive', 'The compatibility probe was never started.'],
    ]);
  });

  test('a probe that the run is to have, and of which nothing is there, leaves the run open', () => {
    const { verdict, findings } = told({ run: runRecord({ probes: ['schema'] }) });
    expect([verdict, findings.map(([, , message]) => message)]).toEqual([
      'inconclusive',
      [
        "schema.ndjson is missing from the run's artifacts, and what they would show is not known.",
        'The schema probe was never started.',
      ],
    ]);
  });

  test('a run without a single request is no rehearsal', () => {
    expect(told({ requests: requestTable([]) }).findings).toEqual([
      ['evidenceComplete', 'inconclusive', 'Not one request of the app was recorded.'],
    ]);
  });
});

describe('how the plan ended', () => {
  const plan = [plannedStep('alter'), plannedStep('drop')];

  test('a failed step fails the run and stands first', () => {
    const error = stepError('23502', 'column "name" of relation "customers" contains null values');
    const steps = [
      ...stepWindow('alter', 4900, 5000, { status: 'failed', attempts: 3, error }),
      ...stepWindow('drop', 5000, 5000, { status: 'skipped', attempts: 0 }).slice(1),
    ];
    const { verdict, findings, result } = told({ run: runRecord({ plan, outcome: 'step-failed' }), steps });
    expect([verdict, findings]).toEqual([
      'fail',
      [
        [
          'steps',
          'fail',
          'Step 1 alter failed after 3 tries (sql/alter.sql line 1): 23502 column "name" of relation "customers" contains null values.',
        ],
      ],
    ]);
    expect(result.steps.map(({ name, status, attempts }) => [name, status, attempts])).toEqual([
      ['alter', 'failed', 3],
      ['drop', 'skipped', 0],
    ]);
  });

  test.each([
    ['interrupted', null, 'The run was interrupted in step 1 alter. 1 of 2 steps were not rehearsed.'],
    [
      'running',
      null,
      'The run has no end: it still goes on, or its program died in step 1 alter. 1 of 2 steps were not rehearsed.',
    ],
    [
      'error',
      'PostgreSQL ended with signal SIGKILL',
      'The run broke off in step 1 alter: PostgreSQL ended with signal SIGKILL. 1 of 2 steps were not rehearsed.',
    ],
  ] as const)('a run that is %s is inconclusive', (outcome, problem, message) => {
    const run = runRecord({ plan, outcome, problem, endedAt: null });
    const steps = stepWindow('alter', 4900, 5000).slice(0, 1);
    const { verdict, findings, result } = told({ run, steps });
    expect([verdict, findings]).toEqual(['inconclusive', [['steps', 'inconclusive', message]]]);
    expect(result.endedAt).toBe('2026-11-22T02:14:15.000Z');
    expect(result.headline).toBe(`This run cannot be judged. ${message}`);
  });

  test('a run that calls itself complete but lacks a step is not believed', () => {
    const { findings } = told({ run: runRecord({ plan }) });
    expect(findings).toEqual([
      ['steps', 'inconclusive', 'Step 2 drop left no record although the run says that it is complete.'],
    ]);
  });
});

describe('the generator', () => {
  const late = (count: number): Partial<Evidence> => ({
    requests: requestTable(
      Array.from({ length: 100 }, (_, index) => {
        const dueMs = 4000 + index * 10;
        return [dueMs, dueMs, dueMs + (index < count ? 51 : 1), dueMs + 60, 0, 0, 0];
      }),
    ),
  });

  test.each([
    [1, 'pass', 'pass'],
    [2, 'warn', 'pass'],
    [5, 'warn', 'pass'],
    [6, 'inconclusive', 'inconclusive'],
  ])('with %d %% of the requests sent late by its own fault is %s', (count, status, verdict) => {
    expect(check(late(count), 'generator')).toMatchObject({ status, measured: count });
    expect(told(late(count)).verdict).toBe(verdict);
  });
});

test('what is left behind is a warning, and so is that nobody looked', () => {
  const environment = evidence().environment;
  const left = (leftovers: number | null): Partial<Evidence> =>
    environment ? { environment: { ...environment, leftovers } } : {};
  expect(told(left(2)).findings).toEqual([['leftovers', 'warn', '2 things of the run are left behind.']]);
  expect(told(left(null)).findings).toEqual([
    ['leftovers', 'warn', 'Nobody has looked yet whether something of the run is left.'],
  ]);
});

describe('budgets of figures', () => {
  test('the slowest backfill is judged; one that found nothing to do has no rate', () => {
    const plan = [plannedStep('alter', { kind: 'backfill', batchTargetMs: 50 })];
    const run = runRecord({ plan, budgets: { backfillRatePerSec: 20_000 } });
    const batch = (rows: number): NonNullable<Evidence['batches']>[number] => ({
      step: 'alter',
      batch: 1,
      startMs: 5000,
      endMs: 5100,
      rows,
      covered: 1000,
      estimatedTotal: 1000,
      walBytes: 0,
      pausedMs: 0,
      pauseReason: null,
      attempts: 1,
    });
    expect(told({ run, batches: [batch(1000)] }).findings).toEqual([
      [
        'backfillRate',
        'fail',
        'Step 1 alter filled 10,000 rows/s (budget at least 20,000): 1,000 rows in 1 batch.',
      ],
    ]);
    expect(check({ run, batches: [batch(0)] }, 'backfillRate')?.status).toBe('not-judged');
  });

  test('the longest step is judged', () => {
    const run = runRecord({ budgets: { stepDurationMs: 1000 } });
    expect(told({ run }).findings).toEqual([
      ['stepDuration', 'fail', 'Step 1 alter took 1.10 s (budget 1.00 s).'],
    ]);
  });
});

test('fails come before what is not known, that before warnings, and failed requests before delayed ones', () => {
  const run = runRecord({ budgets: { p99Ms: 100, errors: 0, replicationLagMs: 1, stepDurationMs: 1 } });
  const slow = Array.from({ length: 5 }, (_, index) => request(5000 + index, 5900));
  const requests = requestTable([request(4000, 4001), ...slow, request(5500, 5501, '42703')]);
  const environment = evidence().environment;
  const left = environment ? { environment: { ...environment, leftovers: 1 } } : {};
  expect(told({ run, requests, ...left }).findings.map(([id, status]) => [id, status])).toEqual([
    ['errors', 'fail'],
    ['p99', 'fail'],
    ['stepDuration', 'fail'],
    ['replicationLag', 'inconclusive'],
    ['leftovers', 'warn'],
  ]);
});

test('the same evidence gives the same result', () => {
  const parts = { run: runRecord({ budgets: { p99Ms: 1, lockWaitMs: 1 } }) };
  expect(judgeEvidence(evidence(parts))).toEqual(judgeEvidence(evidence(parts)));
});
