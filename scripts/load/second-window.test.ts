import { afterEach, describe, expect, it } from 'vitest';
import { SecondWindow } from './second-window.ts';

const READ = { version: 0, script: 0 };
const window = new SecondWindow(false);
afterEach(() => {
  window.stop();
});

describe('SecondWindow', () => {
  it('tells nothing of a second without requests', () => {
    expect(window.close(1000, { queued: [], inFlight: [] }).stats).toMatchObject({
      tMs: 1000,
      done: 0,
      errors: 0,
      p50Ms: null,
      p99Ms: null,
      maxMs: null,
      queued: 0,
      inFlight: 0,
      lagP99Ms: null,
      reconnects: 0,
    });
  });

  it('counts what was answered, begins anew each second, and sums errors over all of them', () => {
    for (let request = 0; request < 99; request++) window.answered(10, 0.1, READ, 0);
    window.answered(500, 20, READ, '40001');
    window.reconnected();
    const first = window.close(2000, { queued: [], inFlight: [] }).stats;
    expect(first).toMatchObject({ done: 100, errors: 1, reconnects: 1 });
    expect(first.outcomes).toEqual([
      { ...READ, outcome: 0, count: 99 },
      { ...READ, outcome: '40001', count: 1 },
    ]);
    expect(first.p50Ms).toBeCloseTo(10, 0);
    expect(Math.abs((first.maxMs ?? 0) - 500)).toBeLessThan(1);
    window.answered(10, 0.1, READ, '40001');
    expect(window.close(3000, { queued: [], inFlight: [] }).stats).toMatchObject({
      done: 1,
      errors: 2,
      reconnects: 1,
    });
  });

  it('shows a second in which nothing was answered as bad: the age of what waits counts', () => {
    const waiting = Array.from({ length: 200 }, (_, index) => 4000 + index * 5);
    const { stats } = window.close(5000, { inFlight: waiting.slice(0, 4), queued: waiting.slice(4) });
    expect(stats).toMatchObject({ done: 0, queued: 196, inFlight: 4 });
    expect(Math.abs((stats.p50Ms ?? 0) - 502.5)).toBeLessThan(10);
    expect(Math.abs((stats.p99Ms ?? 0) - 990)).toBeLessThan(10);
    expect(Math.abs((stats.maxMs ?? 0) - 1000)).toBeLessThan(2);
  });
});
