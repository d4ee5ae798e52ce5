import { beforeAll, describe, expect, it } from 'vitest';
import { loadAdvice } from '../advice.ts';
import { combinedResult } from './combine-playings.ts';
import { evidence, runRecord } from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';
import type { Finding, Result } from './contract/result.ts';

const PASSING = 'pass';
const WAITED: Finding = {
  check: 'lockWait',
  status: 'fail',
  step: 'expand',
  statement: 1,
  measured: 900,
  budget: 500,
  unit: 'ms',
  sqlstate: null,
  message: 'ALTER TABLE stopped the app.',
  advice: null,
  insteadSql: null,
};

let passing: Result;
let failing: Result;
beforeAll(async () => {
  await loadAdvice();
  passing = { ...judgeEvidence(evidence()), verdict: PASSING, findings: [], headline: 'All ran.' };
  failing = { ...passing, verdict: 'fail', findings: [WAITED], headline: WAITED.message };
});

/** A run whose playings came to these results, in order; undefined = not played. */
function run(names: readonly string[], results: readonly (Result | undefined)[]): Result {
  const playings = names.map((scenario, position) => ({
    index: position + 1,
    scenario,
    repetition: names.slice(0, position + 1).filter((name) => name === scenario).length,
  }));
  const played = results.flatMap((result, position) =>
    result === undefined ? [] : [[position + 1, result] as const],
  );
  return combinedResult(runRecord({ playings }), { results: new Map(played) });
}

describe('the result of several playings', () => {
  it('is that of the worst scenario, and says which scenario it is', () => {
    const result = run(['quiet', 'company'], [passing, failing]);
    expect(result).toMatchObject({
      verdict: 'fail',
      headline: 'Quiet passes, company fails. ALTER TABLE stopped the app.',
      findings: [{ check: 'lockWait', status: 'fail', scenarios: ['company'] }],
      playings: {
        shown: 2,
        scenarios: [
          { name: 'quiet', verdict: 'pass', isStable: true },
          { name: 'company', verdict: 'fail', isStable: true },
        ],
      },
    });
  });

  it('is a pass where every repetition passes, with the spread of each figure', () => {
    const slower = {
      ...passing,
      steps: passing.steps.map((step) => ({ ...step, durationMs: step.durationMs + 20 })),
    };
    const result = run(['quiet', 'quiet', 'quiet'], [passing, slower, passing]);
    expect(result).toMatchObject({
      verdict: 'pass',
      headline:
        '3 repetitions, one verdict. The only step ran each time, and at the worst: no request failed, none was delayed, ' +
        'the longest stop of the app was 0 ms and the longest hold that stops it 0 ms.',
      findings: [],
    });
    const figures = result.playings?.scenarios[0]?.figures.find(({ id }) => id === 'plan');
    const once = passing.steps.reduce((sum, { durationMs }) => sum + durationMs, 0);
    const more = once + 20 * passing.steps.length;
    expect(figures).toMatchObject({ median: once, min: once, max: more, values: [once, more, once] });
    expect(result.checks.find(({ id }) => id === 'repetitions')?.status).toBe('pass');
  });

  it('shows each check at its worst of all playings and says which, and the rest of the one nearest to a budget', () => {
    const playing = (p99: number, backfillRate: number): Result => ({
      ...passing,
      checks: [
        { id: 'p99', title: 'p99', status: 'pass', measured: p99, budget: 200, unit: 'ms' },
        {
          id: 'backfillRate',
          title: 'rate',
          status: 'pass',
          measured: backfillRate,
          better: 'higher',
          budget: 100,
          unit: 'rows/s',
        },
      ],
    });
    const names = ['quiet', 'quiet', 'company', 'company'];
    const result = run(names, [playing(55, 900), playing(104, 800), playing(60, 400), playing(20, 500)]);
    expect(result.checks).toMatchObject([
      { id: 'p99', measured: 104, playing: 2 },
      { id: 'backfillRate', measured: 400, playing: 3 },
      { id: 'repetitions' },
    ]);
    expect(result.playings?.shown).toBe(2);
    expect(result.headline).toContain('p99 stayed at or below 104 ms');
  });

  it('tells each finding, the headline and the traffic as the worst playing has them, and which it was', () => {
    const playing = (waitMs: number, p99Ms: number, more: readonly Finding[] = []): Result => ({
      ...failing,
      findings: [{ ...WAITED, measured: waitMs, message: `Stopped for ${waitMs} ms.` }, ...more],
      headline: `Stopped for ${waitMs} ms. It is ACCESS EXCLUSIVE.`,
      checks: [{ id: 'p99', title: 'p99', status: 'fail', measured: 1 / waitMs, budget: 1, unit: 'ms' }],
      traffic: { old: { requests: 100, errors: 0, p50Ms: 1, p95Ms: 2, p99Ms, maxMs: p99Ms } },
    });
    const slow: Finding = { ...WAITED, check: 'p99', status: 'warn', message: 'p99 rose.' };
    const result = run(
      ['quiet', 'quiet', 'quiet'],
      [playing(900, 30), playing(950, 20, [slow]), playing(910, 70)],
    );
    expect(result.findings.map(({ message, playing }) => [message, playing])).toEqual([
      ['Stopped for 950 ms.', 2],
      ['p99 rose.', 2],
    ]);
    expect(result.headline).toBe('3 repetitions, one verdict. Stopped for 950 ms. It is ACCESS EXCLUSIVE.');
    expect(result.traffic).toMatchObject({ old: { p99Ms: 70, playing: 3 } });
  });

  it('is inconclusive where repetitions disagree, and what only one of them shows is no failure', () => {
    const result = run(['quiet', 'quiet', 'quiet'], [passing, failing, passing]);
    expect(result.verdict).toBe('inconclusive');
    expect(result.headline).toBe('The same plan passed 2 times and failed 1 time.');
    expect(result.findings.map(({ check, status }) => [check, status])).toEqual([
      ['repetitions', 'inconclusive'],
      ['lockWait', 'inconclusive'],
    ]);
    expect(result.playings?.scenarios[0]).toMatchObject({
      isStable: false,
      verdict: 'inconclusive',
      verdicts: { pass: 2, fail: 1, inconclusive: 0 },
    });
  });

  it('is inconclusive where one was not played', () => {
    const result = run(['quiet', 'company'], [passing, undefined]);
    expect(result.verdict).toBe('inconclusive');
    expect(result.findings.map(({ message }) => message)).toEqual([
      '1 of the planned playings was not played to the end.',
    ]);
    expect(result.playings?.played.map(({ verdict }) => verdict)).toEqual(['pass', null]);
  });
});
