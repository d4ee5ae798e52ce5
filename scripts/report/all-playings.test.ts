import { beforeAll, expect, test } from 'vitest';
import { loadAdvice } from '../checks/advice.ts';
import { evidence, runRecord } from '../checks/evidence/evidence-fixture.ts';
import { judgeEvidence } from '../checks/judge.ts';
import { combinedResult } from '../checks/result/combine-playings.ts';
import type { Result } from '../checks/result/contract/result.ts';
import { tilesOf } from './html/tiles.tsx';
import { renderJunit } from './junit.ts';

/* Nothing on page or in JUnit speaks for one playing where there were several. */

beforeAll(loadAdvice);

function playing(delayed: number, p99Ms: number): Result {
  const once = judgeEvidence(evidence());
  return {
    ...once,
    verdict: 'pass',
    steps: once.steps.map((step) => ({ ...step, victims: { ...step.victims, delayed } })),
    checks: [{ id: 'p99', title: 'p99', status: 'warn', measured: p99Ms, budget: 100, unit: 'ms' }],
  };
}

test('tiles and JUnit show each figure of several playings at its worst, and in which it was', () => {
  const names = ['quiet', 'quiet', 'company'];
  const seen = new Map<string, number>();
  const playings = names.map((scenario, at) => {
    const repetition = (seen.get(scenario) ?? 0) + 1;
    seen.set(scenario, repetition);
    return { index: at + 1, scenario, repetition };
  });
  const results = [playing(1, 90), playing(7, 40), playing(3, 50)];
  const result = combinedResult(runRecord({ playings }), {
    results: new Map(results.map((one, at) => [at + 1, one])),
  });
  const tiles = tilesOf(result).map(({ value, label }) => `${value} ${label}`);
  expect(tiles).toEqual(
    expect.arrayContaining([
      '7 requests delayed, playing 2',
      '90 ms worst p99 of a step, budget 100 ms, playing 1',
    ]),
  );
  expect(renderJunit(result)).toContain('p99\n(at its worst in playing 1)');
  expect(renderJunit(result)).toContain('<property name="playings" value="2 scenarios, each played 2 times');
});
