import { describe, expect, it } from 'vitest';
import type { LoadEvent } from '../../artifacts/records/records.ts';
import { EventMerger, mergeSeconds } from './merge-parts.ts';
import type { Second } from '../messages.ts';
import { SecondWindow } from '../second-window.ts';

const READ = { version: 0, script: 1 };

function secondOf(latencies: readonly number[], keepsAll = true): Second {
  const window = new SecondWindow(keepsAll);
  for (const latencyMs of latencies)
    window.answered(latencyMs, latencyMs / 10, READ, latencyMs > 900 ? 'P0001' : 0);
  const second = window.close(5000, { queued: [4900], inFlight: [4800, 4950] });
  window.stop();
  return second;
}

describe('mergeSeconds', () => {
  it('takes percentiles over the values of all processes, which percentiles of percentiles are not', () => {
    const slow = Array.from({ length: 10 }, () => 1000);
    const fast = Array.from({ length: 990 }, () => 1);
    const merged = mergeSeconds([secondOf(fast), secondOf(slow)]);
    expect(merged).toMatchObject({ tMs: 5000, done: 1000, errors: 10, queued: 2, inFlight: 4, p50Ms: 1 });
    expect(merged?.p99Ms).toBe(200); // 990 + 10 + the ages of what waits
    expect(merged?.maxMs).toBe(1000);
    expect(merged?.lagP99Ms).toBe(0.1);
    expect(merged?.outcomes).toEqual([
      { ...READ, outcome: 0, count: 990 },
      { ...READ, outcome: 'P0001', count: 10 },
    ]);
  });

  it('leaves the seconds of one process as they are', () => {
    const second = secondOf([1, 2, 3], false);
    expect(mergeSeconds([second])).toBe(second.stats);
    expect(second.latenciesMs.length).toBe(0);
    expect(mergeSeconds([])).toBeUndefined();
  });
});

describe('EventMerger', () => {
  it('makes one load of several processes', () => {
    const seen: LoadEvent[] = [];
    const merger = new EventMerger(2, (event) => seen.push(event));
    const each = (event: LoadEvent): void => {
      merger.add(0, event);
      merger.add(1, event);
    };
    each({ type: 'capacity', tMs: 1, perSec: 700, connections: 5 });
    each({ type: 'started', tMs: 2 });
    each({ type: 'shares', tMs: 2, shares: { old: 1 } });
    merger.add(1, { type: 'reconnected', tMs: 3, downMs: 4 });
    merger.add(1, { type: 'stopped', tMs: 5, unfinished: 2 });
    merger.add(0, { type: 'stopped', tMs: 6, unfinished: 1 });
    expect(seen).toEqual([
      { type: 'capacity', tMs: 1, perSec: 1400, connections: 10 },
      { type: 'started', tMs: 2 },
      { type: 'shares', tMs: 2, shares: { old: 1 } },
      { type: 'reconnected', tMs: 3, downMs: 4 },
      { type: 'stopped', tMs: 6, unfinished: 3 },
    ]);
  });
});

describe('EventMerger and maintenance', () => {
  it('has the app off from the first process that turns requests away to the last that lets them in', () => {
    const told: LoadEvent[] = [];
    const merger = new EventMerger(2, (event) => told.push(event));
    for (const shift of [0, 9000]) {
      merger.add(0, { type: 'maintenance', fromMs: 1010 + shift, tMs: 2000 + shift, turnedAway: 30 });
      merger.add(1, { type: 'maintenance', fromMs: 1000 + shift, tMs: 2040 + shift, turnedAway: 31 });
    }
    expect(told).toEqual([
      { type: 'maintenance', fromMs: 1000, tMs: 2040, turnedAway: 61 },
      { type: 'maintenance', fromMs: 10_000, tMs: 11_040, turnedAway: 61 },
    ]);
  });
});
