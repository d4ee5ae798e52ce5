import { expect, it } from 'vitest';
import { isSlower, NO_DRIFT } from './drift.ts';

const BEFORE = { requests: 200, p50Ms: 0.2, p90Ms: 0.4, p99Ms: 0.9 };

it('a sure cause is told where one connection in four keeps a plan that is a few milliseconds slower', () => {
  const quarter = { requests: 200, p50Ms: 0.2, p90Ms: 16, p99Ms: 28 };
  expect(isSlower(BEFORE, quarter, NO_DRIFT, 'sure')).toBe(true);
  expect(isSlower(BEFORE, quarter, NO_DRIFT, 'caused')).toBe(false);
});

it('what made the other scripts as much slower meanwhile is the machine’s', () => {
  const busy = { requests: 200, p50Ms: 0.3, p90Ms: 6, p99Ms: 30 };
  expect(isSlower(BEFORE, busy, { middle: 1.5, tenth: 15, scripts: 2 }, 'sure')).toBe(false);
});
