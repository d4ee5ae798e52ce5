import type { Figure } from '../lines/history-line.ts';
import { robustSigma } from '../../shared/numbers/spread.ts';

/** Fewer say nothing of a spread. */
const FEWEST_REPEATS = 3;
export const FEWEST_NIGHTS = 8;
/** Standard error of a median of normal values, in those of a mean. */
const MEDIAN_TO_MEAN = 1.2533;
/** How far off, in robust standard deviations, a value is no longer noise; more where the deviation was taken from few values. */
const DEVIATIONS = 3;
const FEW = 2.5;
/** A difference below is no news, however still the host is: by unit. */
const SMALLEST: Readonly<Record<string, number>> = { ms: 3, s: 0.05, requests: 2 };
/** A clock that ticks, and a window whose values happen to be equal. */
const SMALLEST_SHARE = 0.02;

/** How far a figure of one run wanders by itself. */
export interface Noise {
  readonly sigma: number;
  readonly from: 'earlier runs' | 'repetitions';
  /** How many values it was taken from. */
  readonly of: number;
}

/**
 * From earlier runs where there are enough, since nights differ by more than the repetitions of one; else from repetitions.
 * @returns undefined where neither tells it
 */
export function noiseOf(figure: Figure, earlier: readonly number[]): Noise | undefined {
  const floor = Math.abs(figure.value) * SMALLEST_SHARE;
  if (earlier.length >= FEWEST_NIGHTS)
    return { sigma: Math.max(robustSigma(earlier), floor), from: 'earlier runs', of: earlier.length };
  const { values } = figure;
  if (values.length < FEWEST_REPEATS) return undefined;
  const sigma = (MEDIAN_TO_MEAN * robustSigma(values)) / Math.sqrt(values.length);
  return { sigma: Math.max(sigma, floor), from: 'repetitions', of: values.length };
}

/**
 * With a window of 38 values 3.2 deviations, with one of 8 3.9: a MAD of few values is often far too small (Croux & Rousseeuw 1992).
 * The factors are fitted by simulation; regression.test.ts holds the rates that they give.
 */
export function deviations(of: number): number {
  return DEVIATIONS * (1 + FEW / of);
}

/** The smallest difference of two runs that is not noise, in the figure's unit. */
export function smallestChange(a: Noise, b: Noise, unit: string): number {
  return Math.max(deviations(Math.min(a.of, b.of)) * Math.hypot(a.sigma, b.sigma), smallestOf(unit));
}

/** What is worth telling at all, in the unit. */
export function smallestOf(unit: string): number {
  return SMALLEST[unit] ?? 0;
}
