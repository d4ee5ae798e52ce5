import { expect, test } from 'vitest';
import type { LostValues } from '../../artifacts/records/of-plan/rollback-records.ts';
import type { RefusedRowsRecord } from '../../artifacts/records/of-plan/schema-records.ts';
import {
  deployStep,
  evidence,
  plannedStep,
  runRecord,
  stepError,
  stepWindow,
} from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';
import type { Result } from '../result/contract/result.ts';

const PLAN = [
  plannedStep('widen', { hasRollback: true }),
  deployStep('out', 'new'),
  plannedStep('undo widen', { way: { kind: 'back', of: 'widen' }, files: ['sql/narrow.sql'] }),
  plannedStep('soak', { kind: 'soak', files: [], way: { kind: 'soak', of: null } }),
];
const LONG: LostValues = {
  table: 'public.orders',
  column: 'name',
  count: 7,
  since: 'out',
  isAtLeast: false,
  limit: { rule: 'type', was: 'character varying(20)' },
};

function refused(
  sqlstate: string,
  values: readonly LostValues[],
  since?: RefusedRowsRecord['since'],
): Result {
  const error = { ...stepError(sqlstate, 'it does not fit'), file: 'sql/narrow.sql', line: 2 };
  const schema: RefusedRowsRecord[] =
    since === undefined
      ? []
      : [{ type: 'refused-rows', step: 'undo widen', tMs: 2100, relation: 'public.orders', since }];
  return judgeEvidence(
    evidence({
      run: runRecord({ plan: PLAN, outcome: 'step-failed' }),
      writtenPlan: PLAN.slice(0, 2),
      steps: PLAN.slice(0, 3).flatMap(({ name }, at) =>
        stepWindow(
          name,
          1000 * at,
          1000 * at + 500,
          name === 'undo widen' ? { status: 'failed', error } : {},
        ),
      ),
      schema,
      rollback: [{ type: 'unreadable', step: 'undo widen', tMs: 0, values }],
    }),
  );
}
const told = ({ findings }: Result, check: string): unknown[] =>
  findings
    .filter((finding) => finding.check === check)
    .map(({ step, message, advice }) => [step, message, advice]);

test('a rollback file that is refused for what a version wrote is blamed at its line, and the way back closed since that version', () => {
  const result = refused('22001', [LONG]);
  expect(told(result, 'steps')).toEqual([
    [
      'undo widen',
      'Step 3 undo widen failed (sql/narrow.sql line 2): 22001 it does not fit.',
      'Write ahead of sql/narrow.sql line 2 what becomes of the rows that it refuses, and put the file into one transaction, so that it is undone whole or not at all; or mark step widen pointOfNoReturn: true.',
    ],
  ]);
  expect(told(result, 'pointOfNoReturn')).toEqual([
    [
      'out',
      'The point of no return is step 2 out: behind it the release cannot be taken back whole (sql/narrow.sql line 2 fails with 22001), and the plan says of no step that it is.',
      'Mend the way back of that step, or mark it pointOfNoReturn: true.',
    ],
  ]);
  expect(result.wayBack).toMatchObject([
    { possible: false, reason: 'step 3 undo widen failed at sql/narrow.sql line 2: 22001 it does not fit' },
  ]);
});

test('one that is refused for rows is closed by who wrote them, where they were counted, and by its own step where they were there before', () => {
  const found = (sqlstate: string, since?: RefusedRowsRecord['since']): unknown =>
    refused(sqlstate, [], since).pointOfNoReturn?.found;
  expect(found('23505', [{ when: 'ahead', step: 'undo widen', rows: 3 }])).toBe('out');
  expect(found('23505', [{ when: 'during', step: 'out', rows: 3 }])).toBe('out');
  expect(found('23505', [{ when: 'before', step: null, rows: 3 }])).toBe('widen');
  expect(found('42703', [{ when: 'during', step: 'out', rows: 3 }])).toBe('widen');
  expect(found('22001')).toBe('widen');
});
