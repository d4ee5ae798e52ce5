import { expect, test } from 'vitest';
import type { RequestRow, WaitRecord } from '../../../artifacts/records/records.ts';
import {
  evidence,
  plannedStep,
  request,
  requestTable,
  runRecord,
  statementRecord,
  stepWindow,
  waitRecord,
} from '../../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../../judge.ts';
import { analyse } from '../analyse.ts';

const baseline = Array.from({ length: 50 }, (_, at) => request(3000 + at * 30, 3002 + at * 30));
const looks = (fromMs: number, toMs: number): number[] =>
  Array.from({ length: Math.ceil((toMs - fromMs) / 10) }, (_, at) => fromMs + at * 10);
const exclusive = (relation: string) => ({ relation, mode: 'AccessExclusiveLock', existedBefore: true });

/** Told by `statement delayed` of a step with two statements in one transaction. */
function delayedBy(rows: readonly RequestRow[], waits: readonly WaitRecord[]): string[] {
  const steps = [
    ...stepWindow('alter', 4900, 7100),
    statementRecord({
      index: 1,
      sentMs: 5000,
      respondedMs: 5001,
      releasedMs: 7000,
      newLocks: [exclusive('public.artifacts')],
    }),
    statementRecord({
      index: 2,
      sentMs: 5010,
      respondedMs: 6990,
      releasedMs: 7000,
      newLocks: [exclusive('public.tasks')],
    }),
  ];
  const requests = requestTable([...baseline, ...rows]);
  const [step] = analyse(evidence({ requests, steps, waits })).steps;
  return step?.statements.map(({ record, victims }) => `${record.index}: ${victims.delayed}`) ?? [];
}

test('a victim belongs to the statement that it waited for, directly or through others, not to the longer one', () => {
  const onArtifacts = looks(5050, 7000).map((tMs) =>
    waitRecord({ tMs, sinceMs: 5040, pid: 1000, relation: 'public.artifacts' }),
  );
  const onTasks = looks(5050, 7000).map((tMs) =>
    waitRecord({ tMs, sinceMs: 5040, pid: 1001, relation: 'public.tasks' }),
  );
  const behind = looks(5050, 7000).map((tMs) =>
    waitRecord({
      tMs,
      sinceMs: 5045,
      pid: 1002,
      relation: null,
      locktype: 'transactionid',
      blockedBy: [{ pid: 1000, role: 'app' }],
    }),
  );
  const rows = [1000, 1001, 1002].map((pid) => request(5040, 7001, 0, pid));
  expect(delayedBy(rows, [...onArtifacts, ...onTasks, ...behind])).toEqual(['1: 2', '2: 1']);
});

test('a quick script is judged by its own baseline, however slow another one is', () => {
  const slow = Array.from({ length: 20 }, (_, at): RequestRow => [3000, 3000, 3000, 4500 + at, 0, 1, 0, 0]);
  const run = runRecord({
    load: {
      ...runRecord().load,
      versions: [{ name: 'old', scripts: ['read', 'report'].map((name) => ({ name, weight: 1 })) }],
    },
  });
  const steps = [...stepWindow('alter', 4900, 6000), statementRecord({ sentMs: 5000, releasedMs: 5900 })];
  const rows = [...baseline, ...slow, request(5100, 5901), request(5200, 5901)];
  const requests = requestTable(rows, ['old'], [['read', 'report']]);
  expect(analyse(evidence({ run, steps, requests })).steps[0]?.victims.delayed).toBe(2);
});

test('a request that still ran as the plan began says nothing about the time before it', () => {
  const stuck = Array.from({ length: 50 }, (_, at) => request(4800 + at, 9000));
  const { baseline: before, thresholdMs } = analyse(
    evidence({ requests: requestTable([...baseline, ...stuck]) }),
  );
  expect([before?.requests, thresholdMs]).toEqual([50, 10]);
});

test('no relation stood still where all that others waited for was an advisory lock', () => {
  const waits = looks(5020, 7000).map((tMs) =>
    waitRecord({ tMs, sinceMs: 5015, relation: null, locktype: 'advisory', mode: 'ExclusiveLock' }),
  );
  const locking = { relation: 'public.customers', mode: 'ShareUpdateExclusiveLock', existedBefore: true };
  const steps = [
    ...stepWindow('alter', 4900, 7100),
    statementRecord({
      index: 1,
      sentMs: 5000,
      respondedMs: 5001,
      releasedMs: 7000,
      locks: [],
      newLocks: [],
      sql: 'select pg_advisory_xact_lock(5)',
    }),
    statementRecord({ index: 2, sentMs: 5005, respondedMs: 5006, releasedMs: 7000, newLocks: [locking] }),
  ];
  const run = runRecord({ budgets: { lockWaitMs: 500 } });
  const { findings } = judgeEvidence(evidence({ run, waits, steps }));
  expect(findings.map(({ check, statement, message }) => [check, statement, message])).toEqual([
    [
      'lockWait',
      1,
      'Step 1 alter stopped those who wanted an advisory lock for 1.99 s (budget 500 ms): no request noticed.',
    ],
  ]);
});

const soaked = runRecord({
  budgets: { lockWaitMs: 500, errors: 0 },
  plan: [plannedStep('alter'), plannedStep('soak', { kind: 'soak', files: [] })],
});

test('what a prepared transaction keeps is charged to the step that prepared it, under its name', () => {
  const facts = { pid: -1, applicationName: 'p1', state: 'prepared', query: null };
  const waits = looks(5200, 7000).map((tMs) =>
    waitRecord({
      tMs,
      sinceMs: 5150,
      blockedBy: [{ pid: -1, role: 'prepared' as const }],
      sessions: [{ ...facts, transactionMs: tMs - 5050 }],
    }),
  );
  const steps = [
    ...stepWindow('alter', 4900, 5100),
    statementRecord({ sentMs: 5000, respondedMs: 5001, releasedMs: 5051 }),
    ...stepWindow('soak', 5100, 7000),
  ];
  const requests = requestTable([
    ...baseline,
    request(5150, 7010, 0, 1000),
    request(5150, 9000, 'unfinished', 1000),
  ]);
  const { findings } = judgeEvidence(evidence({ run: soaked, waits, steps, requests }));
  expect(findings.map(({ check, step, statement }) => [check, step, statement])).toEqual([
    ['errors', 'alter', 1],
    ['lockWait', 'alter', 1],
  ]);
  const named = findings.map(({ message }) => message.includes('The prepared transaction p1 kept its locks'));
  expect(named).toEqual([true, true]);
});

test('a wait behind a session that nobody knows is no pass, and says what is known of it', () => {
  const waits = looks(5200, 7000).map((tMs) =>
    waitRecord({
      tMs,
      sinceMs: 5150,
      blockedBy: [{ pid: 9, role: 'other' as const }],
      sessions: [
        {
          pid: 9,
          applicationName: 'psql',
          state: 'idle in transaction',
          query: 'lock table t',
          transactionMs: 9,
        },
      ],
    }),
  );
  const { verdict, findings } = judgeEvidence(
    evidence({ run: runRecord({ budgets: { lockWaitMs: 500 } }), waits }),
  );
  expect(verdict).toBe('inconclusive');
  expect(findings.map(({ check, status, step, message }) => [check, status, step, message])).toEqual([
    [
      'unexplained',
      'inconclusive',
      'alter',
      '1 session of the app waited up to 1.84 s behind a session that nobody knows (it calls itself psql), idle in transaction: lock table t.',
    ],
  ]);
});

test('delays that nobody can be charged with are no pass', () => {
  const steps = [
    ...stepWindow('alter', 4900, 5100),
    statementRecord({ sentMs: 5000, releasedMs: 5002 }),
    ...stepWindow('soak', 5100, 9000),
  ];
  const late = (ms: number, count: number): RequestRow[] =>
    Array.from({ length: 200 }, (_, at) => request(6000 + at * 10, 6000 + at * 10 + (at < count ? ms : 2)));
  const told = (ms: number, count: number, budgets = {}): unknown[] => {
    const requests = requestTable([...baseline, ...late(ms, count)]);
    const run = { ...soaked, budgets: { ...soaked.budgets, ...budgets } };
    const { verdict, findings } = judgeEvidence(evidence({ run, steps, requests }));
    return [verdict, ...findings.filter(({ check }) => check === 'unexplained').map(({ step }) => step)];
  };
  expect(told(600, 30)).toEqual(['inconclusive', 'alter']);
  expect(told(100, 30)).toEqual(['inconclusive', 'alter']);
  expect(told(100, 9)).toEqual(['pass']);
  expect(told(100, 30, { p99Ms: 200 })).toEqual(['pass', 'alter']);
});

test('what ran beside a statement is not explained by it where the load is all that the app can do', () => {
  const steps = [
    ...stepWindow('alter', 4900, 9000),
    statementRecord({ sentMs: 5000, respondedMs: 8900, newLocks: [] }),
  ];
  const rows = Array.from({ length: 200 }, (_, at) => request(6000 + at * 10, 6100 + at * 10));
  const load = (perSec: number) => [
    { type: 'started' as const, tMs: 2900 },
    { type: 'capacity' as const, tMs: 2900, perSec, connections: 20 },
    { type: 'baseline' as const, fromMs: 3000, toMs: 4900 },
    { type: 'stopped' as const, tMs: 9000, unfinished: 0 },
  ];
  const verdictOf = (perSec: number): string =>
    judgeEvidence(evidence({ steps, requests: requestTable([...baseline, ...rows]), load: load(perSec) }))
      .verdict;
  expect([verdictOf(2000), verdictOf(213)]).toEqual(['pass', 'inconclusive']);
});
