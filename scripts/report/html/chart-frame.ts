import { scaleLinear, scaleLog } from 'd3-scale';
import type { Result } from '../../checks/result.ts';
import { largest } from '../facts.ts';

export const WIDTH = 1000;
export const LEFT = 64;
export const RIGHT = 988;

/** Where each lane of the chart lies; lanes without data take no room. */
export interface Lane {
  readonly top: number;
  readonly bottom: number;
}

export interface Frame {
  readonly x: (ms: number) => number;
  readonly y: (latencyMs: number) => number;
  readonly endMs: number;
  readonly latency: Lane;
  readonly locks: Lane;
  readonly requests: Lane;
  readonly backfill: Lane | null;
  readonly lag: Lane | null;
  readonly height: number;
  /** Latency gridlines, each a power of ten. */
  readonly decades: readonly number[];
  readonly timeTicks: readonly number[];
}

const GAP = 20;
const TICK_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];
const MOST_TICKS = 10;

export function frameOf(result: Result): Frame {
  const { seconds, batches, lag } = result.timeline;
  const ends = [
    ...seconds.map(({ tMs }) => tMs + 1000),
    ...result.steps.map(({ toMs }) => toMs ?? 0),
    ...result.timeline.locks.map(({ toMs }) => toMs),
  ];
  const startMs = Math.min(seconds[0]?.tMs ?? 0, ...result.steps.map(({ fromMs }) => fromMs ?? Infinity));
  const endMs = Math.max(startMs + 1000, largest(ends));
  const x = scaleLinear([startMs, endMs], [LEFT, RIGHT]).clamp(true);

  const slowest = largest([...seconds.map(({ p99Ms }) => p99Ms ?? 0), budgetOf(result) ?? 0]);
  // Room above the slowest second for its label.
  const top = Math.max(100, slowest * 3);
  const latency = { top: 26, bottom: 176 };
  const y = scaleLog([1, top], [latency.bottom, latency.top]).clamp(true);
  const decades = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000].filter((decade) => decade <= top);

  const locks = below(latency, 18);
  const requests = below(locks, 48);
  const backfill = batches.length > 0 ? below(requests, 42) : null;
  const hasLag = lag.some(({ replayLagMs }) => replayLagMs !== null);
  const lagLane = hasLag ? below(backfill ?? requests, 34) : null;
  const height = (lagLane ?? backfill ?? requests).bottom + 28;
  return {
    x,
    y,
    endMs,
    latency,
    locks,
    requests,
    backfill,
    lag: lagLane,
    height,
    decades,
    timeTicks: timeTicks(startMs, endMs),
  };
}

export function budgetOf(result: Result): number | null {
  return result.checks.find(({ id }) => id === 'p99')?.budget ?? null;
}

function below({ bottom }: Lane, height: number): Lane {
  return { top: bottom + GAP, bottom: bottom + GAP + height };
}

function timeTicks(startMs: number, endMs: number): number[] {
  const lengthS = (endMs - startMs) / 1000;
  const stepS =
    TICK_STEPS_S.find((step) => lengthS / step <= MOST_TICKS) ??
    Math.ceil(lengthS / MOST_TICKS / 3600) * 3600;
  const ticks = [];
  for (let s = Math.ceil(startMs / 1000 / stepS) * stepS; s * 1000 <= endMs; s += stepS) ticks.push(s * 1000);
  return ticks;
}

/** Coordinates to a tenth: finer than a pixel, and the same bytes every time. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
