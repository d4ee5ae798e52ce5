import { expect, test } from 'vitest';
import type { CompatibilityRecord } from '../../artifacts/records/compatibility-record.ts';
import { remedyOf } from '../advice/remedies/index.ts';
import { analyse } from '../analysis/analyse.ts';
import { deployStep, evidence, plannedStep, runRecord, stepWindow } from '../evidence/evidence-fixture.ts';
import { appTrouble } from './app-trouble.ts';

const NAME_GONE = '42703';

function tried(after: string, ok: boolean): CompatibilityRecord {
  return {
    after,
    version: 'new',
    script: 'read',
    ok,
    sqlstate: ok ? null : NAME_GONE,
    message: ok ? null : 'column "note" does not exist',
  };
}

test('a deploy before the step that makes what it uses is told alike at the deploy and while that step runs', () => {
  const analysis = analyse(
    evidence({
      run: runRecord({ plan: [deployStep('roll-out', 'new'), plannedStep('note')] }),
      steps: [...stepWindow('roll-out', 100, 200), ...stepWindow('note', 200, 300)],
      compatibility: [tried('start', false), tried('roll-out', false), tried('note', true)],
    }),
  );
  const told = analysis.steps.map(({ run }) => {
    const failure = { version: 'new', script: 'read', sqlstate: NAME_GONE, step: run, statement: null };
    return remedyOf(appTrouble(failure, analysis))?.advice;
  });
  const advice = 'Put the note step before the deploy of new, which uses what only note makes.';
  expect(told).toEqual([advice, advice]);
});
