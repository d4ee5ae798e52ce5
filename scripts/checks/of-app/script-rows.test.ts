import { beforeAll, expect, test } from 'vitest';
import type { RowCountChange } from '../../artifacts/records/of-plan/dependency-records.ts';
import type { PlannedStep } from '../../artifacts/records/records.ts';
import { loadAdvice } from '../advice.ts';
import {
  evidence,
  plannedStep,
  runRecord,
  statementRecord,
  stepWindow,
} from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';
import type { Result } from '../result/contract/result.ts';

beforeAll(loadAdvice);

const NONE: RowCountChange = {
  version: 'old',
  script: 'read',
  statement: 1,
  line: 2,
  what: 'none',
  hasParameters: true,
  before: [1, 1, 1, 1],
  after: [0, 0, 0, 0],
};

function judged(change: Partial<RowCountChange>, toMs = 6000, planned: Partial<PlannedStep> = {}): Result {
  const sql = 'alter table customers force row level security';
  const window = stepWindow('alter', 4900, toMs);
  const changes = [{ ...NONE, ...change }];
  return judgeEvidence(
    evidence({
      run: runRecord({ plan: [plannedStep('alter', planned)] }),
      steps: [window[0]!, statementRecord({ sql, newLocks: [] }), window[1]!],
      schema: [{ type: 'row-counts', step: 'alter', tMs: toMs, compared: 1, changes }],
    }),
  );
}

function statuses(...of: Parameters<typeof judged>): string[] {
  return judged(...of).findings.flatMap(({ check, status }) => (check === 'scriptRows' ? [status] : []));
}

test('a script that finds no row any more fails the run, with the step and what hides the rows', () => {
  expect(judged({}).findings).toMatchObject([
    {
      check: 'scriptRows',
      status: 'fail',
      step: 'alter',
      statement: 1,
      message:
        'Step 1 alter: statement 1 of read of old finds no row any more, where it found 1 row right before the step (tried with 4 sets of values, and the same ones behind it). Its requests end well all the same.',
      advice: expect.stringContaining(
        'Row security without a policy that fits hides every row of customers',
      ) as unknown,
    },
  ]);
});

test('what the traffic may have done itself is only warned about', () => {
  expect(statuses({ hasParameters: false })).toEqual(['warn']);
  expect(statuses({}, 20_000)).toEqual(['warn']);
  expect(statuses({ what: 'more', after: [2, 2, 2, 2] })).toEqual(['warn']);
});

test('rows that the author says go, and scripts without traffic, are left out', () => {
  expect(statuses({}, 6000, { losesRows: ['customers'] })).toEqual([]);
  expect(statuses({}, 6000, { pointOfNoReturn: true })).toEqual([]);
  expect(statuses({ version: 'new' })).toEqual([]);
});

test('nothing is said where rows were not compared', () => {
  const check = judgeEvidence(evidence()).checks.find(({ id }) => id === 'scriptRows');
  expect(check).toMatchObject({ status: 'not-judged', title: 'How many rows scripts find was not compared' });
});
