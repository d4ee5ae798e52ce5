import { beforeAll, expect, test } from 'vitest';
import { wayBackSentences } from './facts/way-back-facts.ts';
import { wayRows } from './facts/playing-facts.ts';
import { loadAdvice } from '../checks/advice.ts';
import { deployStep, evidence, plannedStep, runRecord } from '../checks/evidence/evidence-fixture.ts';
import { judgeEvidence } from '../checks/judge.ts';
import { combinedResult } from '../checks/result/combine-playings.ts';
import type { WayBackResult } from '../checks/result/contract/result-way-back.ts';
import type { Result } from '../checks/result/contract/result.ts';

beforeAll(loadAdvice);

const ONCE = [plannedStep('split'), deployStep('out', 'new')];
const STEPS = [
  plannedStep('add'),
  deployStep('half', 'dual'),
  plannedStep('wait', { kind: 'soak' }),
  deployStep('out', 'new'),
  plannedStep('drop', { pointOfNoReturn: true }),
];

function wayBack(from: string, possible: boolean): WayBackResult {
  const none = { durationMs: 1, longestStopMs: 0, requestsFailed: 0, schemaDifferences: [], valuesLost: [] };
  return { ...none, from, possible, reason: null, schemaSame: possible, forwardAgain: null };
}

/** Both plans once quiet, and `in-steps` turned around as told. */
function played(...ways: WayBackResult[]): Result {
  const quiet = judgeEvidence(evidence());
  const of = (plan: string, index: number, more: Partial<Result> = {}): [number, Result] => [
    index,
    { ...quiet, playing: { index, of: 3, scenario: plan, repetition: 1, plan }, ...more },
  ];
  const found = ways.find(({ possible }) => possible === false)?.from ?? null;
  const back = {
    steps: STEPS.map(({ name }) => ({ ...quiet.steps[0]!, name })),
    wayBack: ways.map((way) => ({ plan: 'in-steps', ...way })),
    pointOfNoReturn: { declared: 'drop', found },
  };
  const playings = ['at-once', 'in-steps', 'in-steps'].map((planName, at) => ({
    index: at + 1,
    scenario: at === 2 ? 'in-steps / rollback' : planName,
    repetition: 1,
    planName,
  }));
  const plans = [
    { name: 'at-once', steps: ONCE },
    { name: 'in-steps', steps: STEPS },
  ];
  return combinedResult(runRecord({ playings, plans }), {
    results: new Map([of('at-once', 1), of('in-steps', 2), of('in-steps', 3, ways.length === 0 ? {} : back)]),
  });
}

const rows = ({ playings }: Result): Record<string, string[]> =>
  Object.fromEntries(
    (playings ? wayRows(playings) : []).map(({ title, cells }) => [
      title,
      cells.map(({ text, spread }) => [text, spread].join(' ').trim()),
    ]),
  );

test('a way is told by the versions and steps that it needs, and by its own word how long it can be taken back', () => {
  expect(rows(played())).toEqual({
    'App versions needed': ['2', '3', '3'],
    'Steps by hand': ['2', '4', '4'],
    'Way back open up to behind': ['out by its word', 'out by its word', 'out by its word'],
  });
});

test('where somebody went back, it is open until where that went through, and the sentence names the plan', () => {
  const open = played(wayBack('add', true), wayBack('half', true));
  expect(rows(open)['Way back open up to behind']).toEqual(['out by its word', 'half', 'half']);
  expect(wayBackSentences(open)).toEqual(['The way back of in-steps was open up to behind half.']);

  const shut = played(wayBack('add', true), wayBack('half', false));
  expect(wayBackSentences(shut)).toEqual(['The way back of in-steps was open up to behind add.']);
  expect(wayBackSentences(played(wayBack('add', false)))).toEqual([
    'Of in-steps there was no whole way back, from behind its first step on.',
  ]);
});
