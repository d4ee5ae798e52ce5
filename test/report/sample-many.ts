import type { Result } from '../../scripts/checks/result/contract/result.ts';
import type { FigureSpread, ScenarioResult } from '../../scripts/checks/result/contract/result-playings.ts';
import { failingResult, longResult } from './sample-failures.ts';
import { sampleChecks } from './sample-parts.ts';
import { passingResult } from './sample-result.ts';

type Verdict = Result['verdict'];

const LONG_NAMES = [
  'add-column',
  'sync-trigger',
  'deploy-dual-writes',
  'backfill-family-name',
  'check-not-valid',
  'validate-check',
  'set-not-null',
  'deploy-reads-new',
  'drop-old-column',
];

/** As many steps as a rename of a column takes, with names as people give them, from a branch with changes. */
export function nineSteps(): Result {
  const long = longResult(300);
  const steps = long.steps.slice(0, 9).map((step, at) => ({
    ...step,
    name: LONG_NAMES[at] ?? step.name,
    pointOfNoReturn: at === 8,
  }));
  return {
    ...long,
    steps,
    compatibility: ['start', ...LONG_NAMES].flatMap((after, at) =>
      long.load.versions.map((version) => {
        const ok = version !== 'old' || at < 9;
        return {
          after,
          version,
          script: 'read',
          ok,
          sqlstate: ok ? null : '42703',
          live: version === 'old' && at < 4,
        };
      }),
    ),
    timeline: { ...long.timeline, locks: [] },
    origin: {
      machine: 'build-7',
      commit: '0f3c5a9d2b7e4816a3d1c8f05b6e9a7d4c2f1e80',
      branch: 'customers/split-family-name',
      isDirty: true,
    },
  };
}

/** Quiet and in four companies, three times each; one company breaks a budget, and in one the repetitions disagree. */
export function fiveScenarios(): Result {
  const scenarios = [
    scenario('quiet', ['pass', 'pass', 'pass'], [12, 11, 14]),
    scenario('behind-the-month-report', ['fail', 'fail', 'fail'], [5210, 4980, 5333]),
    scenario('dump', ['pass', 'fail', 'pass'], [410, 690, 395]),
    scenario('hot-rows', ['pass', 'pass', 'pass'], [31, 28, 44]),
    scenario('second-migration', ['pass', 'pass', 'pass'], [120, 160, 133]),
  ];
  const headline = `Quiet passes, behind-the-month-report fails, dump cannot be judged, hot-rows passes, second-migration passes. ${failingResult().headline}`;
  return {
    ...failingResult(),
    headline,
    checks: sampleChecks({ lockWait: { status: 'fail', measured: 5333, playing: 6 } }),
    playing: null,
    playings: {
      shown: 6,
      scenarios,
      played: scenarios.flatMap(({ name }, at) =>
        [1, 2, 3].map((repetition) => ({
          index: at * 3 + repetition,
          scenario: name,
          repetition,
          verdict: 'pass' as const,
          path: `playings/${at * 3 + repetition}`,
        })),
      ),
    },
  };
}

function scenario(name: string, verdicts: readonly Verdict[], waitsMs: readonly number[]): ScenarioResult {
  const count = (verdict: Verdict): number => verdicts.filter((one) => one === verdict).length;
  const [first = 'pass'] = verdicts;
  const isStable = count(first) === verdicts.length;
  return {
    name,
    verdict: isStable ? first : 'inconclusive',
    isStable,
    planned: verdicts.length,
    verdicts: { pass: count('pass'), fail: count('fail'), inconclusive: count('inconclusive') },
    headline: passingResult().headline,
    figures: [
      spread('lockWait', 'Longest stop of the app', 'ms', waitsMs, 500),
      spread(
        'blackout',
        'Longest blackout',
        'ms',
        waitsMs.map((ms) => ms + 3),
      ),
      spread(
        'delayed',
        'Requests delayed',
        'requests',
        waitsMs.map((ms) => Math.round(ms / 3)),
      ),
      spread(
        'p99',
        'Worst p99 of a step',
        'ms',
        waitsMs.map((ms) => ms * 1.1),
        100,
      ),
      spread('backfillRate', 'Backfill', 'rows/s', [34_700, 33_100, 35_020], 20_000),
    ],
  };
}

function spread(
  id: string,
  title: string,
  unit: string,
  values: readonly number[],
  budget: number | null = null,
): FigureSpread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? 0;
  const better = id === 'backfillRate' ? 'higher' : 'lower';
  const last = sorted.length - 1;
  return {
    id,
    title,
    unit,
    budget,
    better,
    values: [...values],
    median: at(Math.floor(last / 2)),
    min: at(0),
    max: at(last),
  };
}
