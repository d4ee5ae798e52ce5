import { expect, test } from 'vitest';
import { evidence, plannedStep, runRecord, stepError, stepWindow } from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';

const ADD = plannedStep('add', { hasRollback: true });
const UNDO = plannedStep('undo add', { way: { kind: 'back', of: 'add' }, files: ['sql/undo.sql'] });
const SOAK = plannedStep('soak', { kind: 'soak', files: [], way: { kind: 'soak', of: null } });
const AGAIN = plannedStep('add again', { way: { kind: 'again', of: 'add' } });

function advice(sqlstate: string, plan = [ADD, UNDO, SOAK, AGAIN]): unknown {
  const error = { ...stepError(sqlstate, 'refused'), file: 'sql/add.sql', line: 1 };
  const { findings } = judgeEvidence(
    evidence({
      run: runRecord({ plan, outcome: 'step-failed' }),
      writtenPlan: plan.slice(0, 1),
      steps: plan.flatMap(({ name }, at) =>
        stepWindow(name, 1000 * at, 1000 * at + 500, name === AGAIN.name ? { status: 'failed', error } : {}),
      ),
    }),
  );
  return findings.find(({ check }) => check === 'steps')?.advice;
}

test('a step that meets on its second way forward what the way back left names the rollback file that is to drop it', () => {
  const left =
    'The way back left it there: let sql/undo.sql drop it, or write IF NOT EXISTS where it is to stay, so that the release can go out a second time.';
  expect(advice('42P07')).toBe(left);
  expect(advice('42701')).toBe(left);
  expect(advice('42P07', [ADD, SOAK, AGAIN])).toContain(': give step add a rollback file that drops it, or ');
  expect(advice('42710')).toBe(left.replace('write IF NOT EXISTS', 'ask the catalog before it is made'));
  expect(advice('42P01')).not.toBe(left);
});
