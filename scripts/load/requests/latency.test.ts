import { describe, expect, it } from 'vitest';
import { summarize } from './latency.ts';

describe('summarize', () => {
  it('takes latencies in any order', () => {
    expect(summarize([3, 1, 2, 4])).toEqual({ p50Ms: 2, p95Ms: 4, p99Ms: 4, maxMs: 4 });
    expect(summarize([])).toBeUndefined();
  });
});
