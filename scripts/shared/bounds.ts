/** From one number to another, both included, and how people write the two. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
  /** Such as `from 1ms to 24d`. */
  readonly said: string;
}

const DAY_MS = 86_400_000;

/** PostgreSQL counts its timeouts in milliseconds, and Node.js its timers in 31 bits of them: 24.8 days. */
export const DURATION_MS: Bounds = { min: 1, max: 24 * DAY_MS, said: 'from 1ms to 24d' };
/** What is only compared or measured may be shorter. */
export const MEASURE_MS: Bounds = { min: 0.001, max: 24 * DAY_MS, said: 'from 1us to 24d' };
/** tc(8) counts a delay in microseconds; more than this is no network. */
export const LINK_DELAY_MS: Bounds = { min: 0.001, max: 10_000, said: 'from 1us to 10s' };
/** Below, a rehearsal would end before the first event; above, nobody keeps count. */
export const RATE_PER_SEC: Bounds = { min: 1 / 3600, max: 1e6, said: 'from 1/h to 1000000/s' };
export const SIZE_BYTES: Bounds = { min: 1024 ** 2, max: 1024 ** 5, said: 'from 1MB to 1024TB' };
export const BYTES_PER_SEC: Bounds = { min: 1024, max: 1024 ** 4, said: 'from 1kB/s to 1TB/s' };
export const LINK_BITS_PER_SEC: Bounds = { min: 1000, max: 1e12, said: 'from 1kbit to 1000gbit' };
/** Of a script among the others: beyond it, one of two is never drawn. */
export const WEIGHT: Bounds = { min: 0.001, max: 1e6, said: 'from 0.001 to 1000000' };

export function isWithin({ min, max }: Bounds, value: number): boolean {
  return value >= min && value <= max;
}
