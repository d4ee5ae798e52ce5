import type { Result } from './contract/result.ts';

/** Microseconds are finer than anything that was measured. */
const FACTOR = 1000;
/** An hour of a small host costs cents, and a rehearsal takes minutes. */
const MONEY_FACTOR = 1_000_000;
const MONEY: ReadonlySet<string> = new Set(['price', 'cost', 'hours']);

/** The same document with every number cut to three decimals (money: six), so that results can be compared and read. */
export function rounded(result: Result): Result {
  return round(result, FACTOR) as Result;
}

function round(value: unknown, factor: number): unknown {
  if (typeof value === 'number') return Math.round(value * factor) / factor;
  if (Array.isArray(value)) return value.map((inner) => round(inner, factor));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, round(inner, MONEY.has(key) ? MONEY_FACTOR : factor)]),
  );
}
