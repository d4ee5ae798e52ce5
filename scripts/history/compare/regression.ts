import type { Figure, RunLine } from '../lines/history-line.ts';
import { deviations, FEWEST_NIGHTS, smallestOf } from './noise.ts';
import { median, robustSigma } from '../../shared/numbers/spread.ts';
import { earlierLike } from './window.ts';

/** What a change must be at least where the rehearsal has no budget for it. */
const DEFAULT_PERCENT = 10;
/** One bad night is weather: of the last three, the last and one more must be beyond. */
const CONFIRMED_BY = 2;
/** A window whose values happen to be equal has no spread, and the host has. */
const SMALLEST_SIGMA_SHARE = 0.02;

/**
 * `regressed`: the last run and one of the two before it are beyond the noise. `suspected`: the last run alone is.
 * `too few`: fewer than eight earlier runs are alike.
 */
export interface Regression {
  readonly status: 'regressed' | 'suspected' | 'steady' | 'too few';
  readonly figure: Figure;
  /** Of the earlier runs; null where they are too few. */
  readonly base: { readonly median: number; readonly runs: number } | null;
  /** Above zero is worse; null without a base, or where that is 0. */
  readonly worsePercent: number | null;
  /** The smallest change that would be told here, in the figure's unit. */
  readonly smallestChange: number | null;
}

/**
 * Each figure of a run against the median of earlier ones on like machines. How often it is wrong is held by regression.test.ts.
 */
export function regressionsOf(runs: readonly RunLine[], run: RunLine): Regression[] {
  const alike = earlierLike(runs, run);
  return run.figures.map((figure) => {
    const key = figureKey(figure);
    const values = alike.flatMap(({ figures }) => figures.filter((other) => figureKey(other) === key));
    return judged(
      figure,
      values.map(({ value }) => value),
      run.regressionPercent ?? DEFAULT_PERCENT,
    );
  });
}

/** A figure of one scenario is not that of another. */
export function figureKey({ scenario, id }: Pick<Figure, 'scenario' | 'id'>): string {
  return `${scenario}/${id}`;
}

function judged(figure: Figure, earlier: readonly number[], percent: number): Regression {
  const recent = earlier.slice(-CONFIRMED_BY);
  const base = earlier.length - recent.length >= FEWEST_NIGHTS ? earlier.slice(0, -CONFIRMED_BY) : [];
  if (base.length === 0)
    return { status: 'too few', figure, base: null, worsePercent: null, smallestChange: null };
  const middle = median(base);
  const sigma = Math.max(robustSigma(base), Math.abs(middle) * SMALLEST_SIGMA_SHARE);
  const smallestChange = Math.max(
    deviations(base.length) * sigma,
    (Math.abs(middle) * percent) / 100,
    smallestOf(figure.unit),
  );
  const worse = (value: number): number => (figure.better === 'lower' ? value - middle : middle - value);
  const isBeyond = (value: number): boolean => worse(value) > smallestChange;
  const status = !isBeyond(figure.value) ? 'steady' : recent.some(isBeyond) ? 'regressed' : 'suspected';
  const worsePercent = middle === 0 ? null : (100 * worse(figure.value)) / Math.abs(middle);
  return { status, figure, base: { median: middle, runs: base.length }, worsePercent, smallestChange };
}
