import type { Result } from './result.ts';

/** Microseconds are finer than anything that was measured. */
const FACTOR = 1000;

/** The same document with every number cut to three decimals, so that results can be compared and read. */
export function rounded(result: Result): Result {
  return round(result) as Result;
}

function round(value: unknown): unknown {
  if (typeof value === 'number') return Math.round(value * FACTOR) / FACTOR;
  if (Array.isArray(value)) return value.map(round);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, round(inner)]));
}
