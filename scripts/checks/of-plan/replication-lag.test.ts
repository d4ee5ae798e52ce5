import { beforeAll, describe, expect, test } from 'vitest';
import type { ServerRecord } from '../../artifacts/records/records.ts';
import { loadAdvice } from '../advice.ts';
import { evidence, plannedStep, runRecord, stepWindow } from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';
import { resultSchema, type Result } from '../result/contract/result.ts';

beforeAll(loadAdvice);

const plan = [plannedStep('alter'), plannedStep('fill')];
const steps = [...stepWindow('alter', 4900, 6000), ...stepWindow('fill', 6000, 7500)];

function record(tMs: number, replayLagMs: number | null, rest: Partial<ServerRecord> = {}): ServerRecord {
  const bytes = replayLagMs === null ? null : 1000;
  const lags = { writeLagMs: replayLagMs === null ? null : 1, flushLagMs: replayLagMs === null ? null : 2 };
  const lagBytes = { writeLagBytes: bytes, flushLagBytes: bytes, replayLagBytes: bytes };
  return { tMs, walBytes: 0, databaseBytes: 0, replayLagMs, ...lags, ...lagBytes, ...rest };
}

function judged(
  lags: readonly (number | null)[],
  { budgetMs, standby = true }: { budgetMs?: number; standby?: boolean } = {},
): Result {
  // From 3 s before the load ends at 8 s on, and one after it.
  const server = lags.map((lagMs, at) => record(4000 + at * 1000, lagMs));
  const budgets = budgetMs === undefined ? {} : { replicationLagMs: budgetMs };
  const result = judgeEvidence(evidence({ run: runRecord({ plan, standby, budgets }), steps, server }));
  return resultSchema.parse(result);
}

function said(result: Result): string[][] {
  return result.findings.map(({ status, step, message }) => [status, step ?? '', message]);
}

function check({ checks }: Result): Result['checks'][number] | undefined {
  return checks.find(({ id }) => id === 'replicationLag');
}

test('replication lag over its budget names the step in which it was worst', () => {
  const result = judged([5, 10, 900, 700, 5], { budgetMs: 500 });
  expect(said(result)).toEqual([
    ['fail', 'fill', 'Step 2 fill left the standby 900 ms behind (budget 500 ms).'],
  ]);
  expect(result.standby).toEqual({
    writeLagMs: 1,
    flushLagMs: 2,
    replayLagMs: 900,
    writeLagBytes: 1000,
    flushLagBytes: 1000,
    replayLagBytes: 1000,
    peakMs: 6000,
    peakStep: 'fill',
    gaps: [],
  });
});

test('only the time from the first step to the end of the load is judged', () => {
  const result = judged([9000, 10, 20, 30, 5, 9000], { budgetMs: 500 });
  expect([result.verdict, check(result)?.measured]).toEqual(['pass', 30]);
  expect(result.timeline.lag.map(({ replayLagMs }) => replayLagMs)).toEqual([9000, 10, 20, 30, 5, 9000]);
});

test('without a budget the lag is measured and not judged', () => {
  expect(check(judged([5, 10, 900, 5, 5]))).toMatchObject({ status: 'not-judged', measured: 900 });
});

test('a lag that a run of before the lags in bytes recorded is judged as ever', () => {
  const server = [5, 900].map((replayLagMs, at) => {
    return { tMs: 5000 + at * 500, walBytes: 0, databaseBytes: 0, replayLagMs, replayLagBytes: null };
  });
  const run = runRecord({ plan, standby: true, budgets: { replicationLagMs: 500 } });
  const result = judgeEvidence(evidence({ run, steps, server }));
  expect(said(result)).toEqual([
    ['fail', 'alter', 'Step 1 alter left the standby 900 ms behind (budget 500 ms).'],
  ]);
});

test('an idle standby has no lag in time and none in bytes: it kept up', () => {
  const idle = record(5000, null, { replayLagBytes: 0 });
  const run = runRecord({ plan, standby: true, budgets: { replicationLagMs: 500 } });
  const result = judgeEvidence(evidence({ run, steps, server: [idle] }));
  expect([result.verdict, check(result)?.measured]).toEqual(['pass', 0]);
});

describe('a standby that is not there', () => {
  test('is inconclusive with a budget where the rehearsal has none', () => {
    const result = judged([null, null], { budgetMs: 500, standby: false });
    expect(said(result)).toEqual([
      ['inconclusive', '', 'Replication lag has a budget, but the rehearsal had no standby.'],
    ]);
    expect([result.standby, result.timeline.lag]).toEqual([null, []]);
  });

  test('is not spoken of where the plan asks for one and its target has none', () => {
    const { environment } = evidence();
    const run = (budgets: object): Result =>
      judgeEvidence(
        evidence({
          run: runRecord({ plan, standby: true, budgets }),
          steps,
          server: [record(5000, null)],
          environment: environment && { ...environment, hostInfo: [] },
        }),
      );
    expect([run({}).standby, check(run({}))?.title]).toEqual([null, 'No standby was there']);
    expect(run({ replicationLagMs: 500 }).findings.map(({ status, advice }) => [status, advice])).toEqual([
      ['inconclusive', 'Take a target that has hosts, such as local, or leave the budget out.'],
    ]);
  });

  test('is inconclusive where the rehearsal has one that was never seen', () => {
    const result = judged([null, null, null], { budgetMs: 500 });
    expect([result.verdict, said(result)]).toEqual([
      'inconclusive',
      [
        [
          'inconclusive',
          '',
          'Replication lag has a budget, but no standby was seen streaming: its lag cannot be told.',
        ],
      ],
    ]);
    expect(judged([null, null, null]).verdict).toBe('pass');
  });

  test('is inconclusive where it came late', () => {
    expect(said(judged([null, null, null, 5, 5], { budgetMs: 500 }))).toEqual([
      [
        'inconclusive',
        '',
        'Replication lag has a budget, but the standby did not stream in the first 2.00 s of the plan: its lag cannot be told.',
      ],
    ]);
  });

  test('fails with a budget where it streamed and vanished, and warns without one', () => {
    const gone = [5, 5, null, null, null];
    const result = judged(gone, { budgetMs: 500 });
    expect([said(result), check(result)?.title, check(result)?.status]).toEqual([
      [
        [
          'fail',
          'fill',
          'The standby stopped streaming in step 2 fill and did not come back before the load ended: how far it fell behind is not known (budget 500 ms).',
        ],
      ],
      'The standby stopped streaming',
      'fail',
    ]);
    expect(result.standby?.gaps).toEqual([{ fromMs: 6000, toMs: null }]);
    expect([judged(gone).verdict, said(judged(gone)).map(([status]) => status)]).toEqual(['pass', ['warn']]);
  });

  test('fails where it was away for longer than the budget, and warns where it was shorter', () => {
    const away = [5, 5, null, 5, 5];
    expect(said(judged(away, { budgetMs: 500 }))).toEqual([
      ['fail', 'fill', 'The standby stopped streaming in step 2 fill for 1.00 s (budget 500 ms).'],
    ]);
    expect(said(judged(away, { budgetMs: 5000 }))).toEqual([
      ['warn', 'fill', 'The standby stopped streaming in step 2 fill for 1.00 s.'],
    ]);
  });
});
