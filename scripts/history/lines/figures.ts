import { headlineFigures, type HeadlineFigure } from '../../checks/result/headline-figures.ts';
import type { Result } from '../../checks/result/contract/result.ts';
import { median } from '../../shared/numbers/spread.ts';
import type { Figure } from './history-line.ts';

/** The scenario of a plan that was played once. */
const QUIET = 'quiet';
/** Below it, a figure is a count or noise of the clock. */
const DIGITS = 1000;

/**
 * Every figure by which two runs are compared: the headline's, and how long each step took.
 * @param playings of a run that has several: the results of all of them
 */
export function figuresOf(result: Result, playings: readonly Result[] = []): Figure[] {
  const played = playings.length === 0 ? [result] : playings;
  const found = new Map<string, Figure>();
  for (const one of played) {
    const scenario = playedAs(one);
    for (const { value, ...fixed } of [...headlineFigures(one), ...stepFigures(one)]) {
      const key = `${scenario}\n${fixed.id}`;
      const figure = found.get(key) ?? { scenario, ...fixed, value, values: [] };
      figure.values.push(Math.round(value * DIGITS) / DIGITS);
      found.set(key, figure);
    }
  }
  return [...found.values()].map((figure) => ({ ...figure, value: median(figure.values) }));
}

/** What one playing is compared by: its scenario, and which of several plans it plays. */
function playedAs({ playing }: Result): string {
  const scenario = playing?.scenario ?? QUIET;
  return playing?.plan === undefined ? scenario : `${playing.plan}, ${scenario}`;
}

/** Of the steps that ran to their end; a soak and a deploy last as long as the plan says. */
function stepFigures({ steps, checks }: Result): HeadlineFigure[] {
  const budget = checks.find(({ id }) => id === 'stepDuration')?.budget ?? null;
  return steps
    .filter(({ status, kind, way }) => status === 'ok' && !IS_FIXED[kind] && way === undefined)
    .map(({ name, durationMs }) => ({
      id: `step:${name}`,
      title: `Step ${name}`,
      unit: 'ms',
      value: durationMs,
      budget,
      better: 'lower',
    }));
}

const IS_FIXED: Readonly<Record<Result['steps'][number]['kind'], boolean>> = {
  sql: false,
  command: false,
  deploy: true,
  backfill: false,
  soak: true,
  verify: false,
  maintenance: false,
};
