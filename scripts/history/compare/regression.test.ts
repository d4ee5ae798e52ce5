import { expect, test } from 'vitest';
import { figure, nightOf, noisyNights } from './nights.fixture.ts';
import { regressionsOf, type Regression } from './regression.ts';
import type { RunLine } from '../lines/history-line.ts';

function statusOf(runs: readonly RunLine[], night: number, id?: string): Regression['status'][] {
  const found = regressionsOf(runs, runs[night]!);
  return found.filter((one) => id === undefined || one.figure.id === id).map(({ status }) => status);
}

/** The rate itself is worth knowing, not only that it is held. */
function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

test('a step that takes 25 % longer is found within five nights in at least 95 of 100 series, at 5 % of noise', () => {
  const SERIES = 200;
  let found = 0;
  for (let seed = 1; seed <= SERIES; seed++) {
    const runs = noisyNights(seed, 45, { slowFrom: 40 });
    const nights = [40, 41, 42, 43, 44];
    if (nights.some((night) => statusOf(runs, night, 'step:0').includes('regressed'))) found += 1;
  }
  tell(`a step that takes 25 % longer: found in ${found} of ${SERIES} series`);
  expect(found / SERIES).toBeGreaterThanOrEqual(0.95);
});

test.each([
  ['with 40 earlier runs', 42],
  ['from the first night with enough of them on', 10],
])('quiet nights raise at most one alarm in 100, over all of twelve figures, %s', (name, first) => {
  const SERIES = 30;
  let alarms = 0;
  for (let seed = 1001; seed <= 1000 + SERIES; seed++) {
    const runs = noisyNights(seed, first + 100);
    let before = false;
    for (let night = first; night < first + 100; night++) {
      const now = statusOf(runs, night).includes('regressed');
      if (now && !before) alarms += 1;
      before = now;
    }
  }
  tell(`quiet nights ${name}: ${alarms} false alarms in ${SERIES * 100}`);
  expect(alarms / SERIES).toBeLessThanOrEqual(1);
});

test('fewer than eight earlier nights beside the last two tell nothing', () => {
  const runs = Array.from({ length: 11 }, (_, night) => nightOf(night));
  expect(statusOf(runs, 9)).toEqual(['too few']);
  expect(statusOf(runs, 10)).toEqual(['steady']);
});

test('one slow night is suspected, a second one of three is a regression, and both say by how much', () => {
  const values = [...Array<number>(20).fill(1000), 1300, 990, 1300];
  const runs = values.map((value, night) => nightOf(night, { figures: [figure({ value })] }));
  expect(statusOf(runs, 20)).toEqual(['suspected']);
  expect(statusOf(runs, 21)).toEqual(['steady']);
  expect(regressionsOf(runs, runs[22]!)).toMatchObject([
    { status: 'regressed', base: { median: 1000, runs: 20 }, worsePercent: 30, smallestChange: 100 },
  ]);
});

test('a rate that falls is worse, and one that rises is not', () => {
  const nights = (last: number): RunLine[] =>
    [...Array<number>(20).fill(5000), last, last].map((value, night) =>
      nightOf(night, { figures: [figure({ value, better: 'higher', unit: 'rows/s' })] }),
    );
  expect(statusOf(nights(3000), 21)).toEqual(['regressed']);
  expect(statusOf(nights(9000), 21)).toEqual(['steady']);
});

test('the budget `regression` says from how much on a slowdown counts', () => {
  const of = (regressionPercent: number | null): RunLine[] =>
    [...Array<number>(20).fill(1000), 1150, 1150].map((value, night) =>
      nightOf(night, { regressionPercent, figures: [figure({ value })] }),
    );
  expect(statusOf(of(20), 21)).toEqual(['steady']);
  expect(statusOf(of(null), 21)).toEqual(['regressed']);
});

test.each([
  ['plan', { planSha256: 'c'.repeat(64) }],
  ['machine', { machine: { name: 'builder', class: 'embedded · 4 CPU' } }],
  ['load', { load: { ratePerSec: 60, connections: 5, seed: 1 } }],
  ['settings', { settings: { fsync: 'off' } }],
  ['snapshot of another size', { snapshot: { sha256: 'd', takenAt: null, bytes: 2e9, rows: 1 } }],
  ['major version', { postgresVersion: '17.2' }],
  ['rehearsal', { rehearsal: 'other' }],
])('runs of another %s are not compared', (_, other) => {
  const runs = Array.from({ length: 21 }, (__, night) => nightOf(night, night < 20 ? other : {}));
  expect(statusOf(runs, 20)).toEqual(['too few']);
});
