import { expect, test } from 'vitest';
import { brokenResult } from '../../test/report/sample-broken.ts';
import { passingResult } from '../../test/report/sample-result.ts';
import { cellOf, rollbackSentences, statesOf } from './rollback.ts';

test('a rollback is possible as long as every script of the version works, without a gap', () => {
  expect(rollbackSentences(passingResult())).toEqual([
    'Rolling back to old is possible up to step 3 backfill-name.',
    'Rolling back to dual is possible up to step 5 deploy-new.',
    'Step 6 drop-column is the point of no return: after it only a restore brings the old state back.',
  ]);
});

test('a version that breaks at once has no way back beyond the start', () => {
  expect(rollbackSentences(brokenResult())).toEqual([
    'Rolling back to old is possible only before the first step.',
  ]);
});

test('where the plan stopped early nobody claims the end', () => {
  const { compatibility, steps } = passingResult();
  const reached = compatibility.filter(({ after }) => after === 'start' || after === 'add-column');
  const stopped = steps.map((step) => (step.index > 1 ? { ...step, status: 'skipped' as const } : step));
  const result = passingResult({ compatibility: reached, steps: stopped });
  expect(rollbackSentences(result)).toEqual(['Rolling back to old is possible as far as the plan went.']);
  expect(statesOf(result).map(({ label, isTried }) => [label, isTried])).toEqual([
    ['at the start', true],
    ['1 add-column', true],
    ['2 deploy-dual', false],
    ['3 backfill-name', false],
    ['4 set-not-null', false],
    ['5 deploy-new', false],
    ['6 drop-column', false],
  ]);
});

test('one failing script breaks the version, and is named', () => {
  expect(cellOf(passingResult(), 'old', 'set-not-null')).toEqual({
    known: true,
    ok: false,
    live: false,
    sqlstates: ['23502'],
    failing: ['edit-customer 23502'],
  });
  expect(cellOf(brokenResult(), 'old', 'deploy-new')).toMatchObject({ known: false });
});
