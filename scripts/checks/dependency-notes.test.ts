import { beforeAll, expect, test } from 'vitest';
import type { DependencyChange } from '../artifacts/records/of-plan/dependency-records.ts';
import type { StepEvent } from '../artifacts/records/records.ts';
import { loadAdvice } from './advice.ts';
import {
  evidence,
  request,
  requestTable,
  runRecord,
  statementRecord,
  stepWindow,
} from './evidence/evidence-fixture.ts';
import { judgeEvidence } from './judge.ts';
import type { Result } from './result/contract/result.ts';

beforeAll(loadAdvice);

function judged(changes: DependencyChange[], steps?: StepEvent[]): Result {
  return judgeEvidence(
    evidence({
      run: runRecord({ budgets: { lockHoldMs: 100 } }),
      schema: [{ type: 'dependencies', step: 'alter', tMs: 6000, changes }],
      ...(steps === undefined ? {} : { steps }),
    }),
  );
}

test('a function that changed under an index is warned about until the index is built anew', () => {
  const change = { kind: 'function-changed', name: 'bare', indexes: ['links_bare'] } as const;
  expect(judged([change]).findings).toMatchObject([
    {
      check: 'unfinished',
      status: 'warn',
      step: 'alter',
      message:
        'Step 1 alter changed the function bare, and links_bare holds what it said before: where it says something else now, queries by the index miss rows or find wrong ones.',
      insteadSql: 'reindex index concurrently links_bare;',
    },
  ]);
  expect(judged([change, { ...change, kind: 'function-applied' }]).findings).toEqual([]);
});

test('a changed column of a published table is a limit: no subscriber was there', () => {
  const change = { kind: 'published-changed', table: 'public.bills', publications: ['lake'] } as const;
  const { limits, findings } = judged([{ ...change, added: ['currency'], dropped: ['note'], retyped: [] }]);
  expect(findings).toEqual([]);
  expect(limits.filter((limit) => limit.includes('lake'))).toEqual([
    'Step 1 alter adds currency to bills, which lake publishes: a subscriber without it stops at the next row that is written there; add it at every subscriber first. No subscriber was rehearsed.',
    'Step 1 alter takes note from bills, which lake publishes: a subscriber that needs it (NOT NULL without a default) stops at the next INSERT; take it away there afterwards, and allow NULL before. No subscriber was rehearsed.',
  ]);
});

test('an app that got slow while nobody waited for a lock gets no advice on locks', () => {
  const steps = [
    ...stepWindow('alter', 4900, 6000),
    statementRecord({ sql: 'set local work_mem = 4096', sentMs: 5000, respondedMs: 5001, newLocks: [] }),
    statementRecord({
      index: 2,
      sql: 'alter table customers alter column name type varchar(400)',
      sentMs: 5002,
      respondedMs: 5003,
      releasedMs: 5040,
    }),
    statementRecord({
      index: 3,
      sql: 'analyze customers (name)',
      sentMs: 5004,
      respondedMs: 5030,
      newLocks: [],
    }),
  ].map((record) => ('releasedMs' in record ? { ...record, releasedMs: 5040 } : record));
  const { findings } = judgeEvidence(
    evidence({
      run: runRecord({ budgets: { p99Ms: 30 } }),
      steps,
      requests: requestTable([request(4000, 4001), request(5100, 5300)]),
    }),
  );
  expect(findings.map(({ check, statement, advice }) => [check, statement, advice])).toEqual([
    ['p99', null, null],
  ]);
});

test('nobody is advised to part a change of a type from its ANALYZE', () => {
  const alter = 'alter table customers alter column name type varchar(400)';
  const steps = [
    ...stepWindow('alter', 4900, 6000),
    statementRecord({ sql: alter, sentMs: 5000, respondedMs: 5010, releasedMs: 5800 }),
    statementRecord({
      index: 2,
      sql: 'analyze customers (name)',
      sentMs: 5011,
      respondedMs: 5790,
      newLocks: [],
    }),
  ];
  const { findings } = judgeEvidence(
    evidence({
      run: runRecord({ budgets: { lockHoldMs: 100 } }),
      steps,
      requests: requestTable([request(4000, 4001), request(7000, 7001)]),
    }),
  );
  expect(findings).toMatchObject([
    {
      check: 'lockHold',
      statement: 1,
      advice: expect.stringContaining('Keep the ANALYZE in its transaction') as unknown,
    },
  ]);
});
