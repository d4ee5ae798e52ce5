import { expect, test } from 'vitest';
import type { RunLine } from '../lines/history-line.ts';
import { countedRegressions, diffRuns } from './diff.ts';
import { figure, nightOf } from './nights.fixture.ts';

function night(at: number, value: number, rest: Partial<RunLine> = {}): RunLine {
  return nightOf(at, { figures: [figure({ value })], ...rest });
}

/** Ten nights around 1000 ms, a median absolute deviation of 20 ms. */
const QUIET = [1000, 1020, 980, 1000, 1020, 980, 1040, 960, 1020, 980].map((value, at) => night(at, value));

test.each([
  [1300, 'worse'],
  [700, 'better'],
  [1080, 'within noise'],
] as const)('against a quiet host 1000 → %d ms is %s', (value, judgement) => {
  const after = night(10, value);
  const { figures } = diffRuns(QUIET[0]!, after, [...QUIET, after]);
  expect(figures).toMatchObject([
    { before: 1000, after: value, judgement, noise: { from: 'earlier runs', of: 10 } },
  ]);
  expect(figures[0]!.smallestChange).toBeCloseTo(3 * 1.25 * Math.hypot(29.65, 29.65), 0);
});

test('repetitions tell the noise where there are no earlier runs', () => {
  const before = night(0, 0, { figures: [figure({ value: 1000, values: [990, 1000, 1010] })] });
  const after = night(1, 0, { figures: [figure({ value: 1500, values: [1490, 1500, 1510] })] });
  expect(diffRuns(before, after, [before, after]).figures).toMatchObject([
    { judgement: 'worse', noise: { from: 'repetitions', of: 3 } },
  ]);
});

test('two single runs alone call nothing better or worse', () => {
  const [before, after] = [night(0, 1000), night(1, 9000)];
  expect(diffRuns(before, after, [before, after]).figures).toMatchObject([
    { judgement: 'noise not known', smallestChange: null, noise: null },
  ]);
});

test('a figure that only one of the runs has is new or gone', () => {
  const before = nightOf(0, { figures: [figure({ id: 'step:old' })] });
  const after = nightOf(1, { figures: [figure({ id: 'step:new' })] });
  const told = diffRuns(before, after, []).figures.map((one) => [one.figure.id, one.judgement]);
  expect(told).toEqual([
    ['step:old', 'gone'],
    ['step:new', 'new'],
  ]);
});

test('it says what else changed, and that the figures are then of another kind', () => {
  const before = nightOf(0, { findings: [{ check: 'lockWait', status: 'fail', step: 'add' }] });
  const after = nightOf(1, { planSha256: 'c'.repeat(64), settings: { fsync: 'off' } });
  const { changes, unlike, findings } = diffRuns(before, after, []);
  expect(changes).toEqual([
    { what: 'plan', before: 'aaaaaaaaaaaa', after: 'cccccccccccc' },
    { what: 'fsync', before: 'on', after: 'off' },
  ]);
  expect(unlike).toEqual(['another plan', 'other settings']);
  expect(findings).toEqual({ gone: ['fail: lockWait in add'], added: [] });
});

test('a regression counts where the rehearsal has a budget for it, and nowhere else', () => {
  for (const [regressionPercent, counted] of [
    [null, 0],
    [20, 1],
  ] as const) {
    const last = [night(10, 1500, { regressionPercent }), night(11, 1500, { regressionPercent })];
    const runs = [...QUIET, ...last];
    expect(countedRegressions(diffRuns(QUIET[0]!, last[1]!, runs))).toHaveLength(counted);
  }
});
