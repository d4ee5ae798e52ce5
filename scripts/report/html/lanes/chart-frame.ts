import { scaleLinear, scaleLog } from 'd3-scale';
import type { Result } from '../../../checks/result/contract/result.ts';
import { largest } from '../../facts/facts.ts';
import { actorsThatCame } from '../../facts/company-facts.ts';
import { placeBands, type PlacedBand } from './bands.ts';
import { backfillColumns, type BackfillColumn } from '../tables/backfill-columns.ts';
import { chartPoints, type ChartPoint } from './chart-points.ts';
import { lockRows, type LockRow } from '../tables/lock-rows.ts';
import { watchedPoints } from './watched-points.ts';
import { peakOf } from './peak.ts';
import type { ChartSize } from './chart-size.ts';

/** Where a part of the chart lies, in its own units. */
export interface Lane {
  readonly top: number;
  readonly bottom: number;
}

/** Everything that the lanes share. Lanes without data are null and take no room. */
export interface Frame {
  readonly size: ChartSize;
  readonly x: (ms: number) => number;
  readonly y: (latencyMs: number) => number;
  readonly points: readonly ChartPoint[];
  readonly bands: readonly PlacedBand[];
  readonly lockRows: readonly LockRow[];
  readonly columns: readonly BackfillColumn[];
  readonly latency: Lane;
  readonly locks: Lane | null;
  readonly actors: Lane | null;
  readonly requests: Lane;
  readonly errors: Lane | null;
  readonly backfill: Lane | null;
  readonly watch: Lane | null;
  readonly lag: Lane | null;
  readonly noise: Lane | null;
  readonly bottom: number;
  readonly height: number;
  /** Latency gridlines, each a power of ten. */
  readonly decades: readonly number[];
  readonly timeTicks: readonly number[];
}

/** A line of text in the chart is so high. */
export const LINE = 13;
const GAP = 16;
const LOCK_ROW = 18;
const ACTOR_ROW = 16;
const AXIS = 24;
/** Room for the label of the slowest second and for that of the budget. */
const HEADROOM = 34;
const DECADES = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];

export function frameOf(result: Result, size: ChartSize): Frame {
  const { startMs, endMs } = spanOf(result);
  const x = scaleLinear([startMs, endMs], [size.left, size.right]).clamp(true);
  const bands = placeBands(result, x, size);
  const latencyTop = LINE * (1 + largest(bands.map(({ row }) => row))) + 10;
  const latency = { top: latencyTop, bottom: latencyTop + 168 };

  const points = chartPoints(result, x);
  const slowest = Math.max(100, peakOf(points)?.p99Ms ?? 0, budgetOf(result) ?? 0);
  const y = scaleLog([1, slowest], [latency.bottom, latency.top + HEADROOM]).clamp(true);

  const rows = lockRows(result, size.mostLockRows);
  const came = actorsThatCame(result).length;
  const columns = backfillColumns(result.timeline.batches, x);
  const hasErrors = points.some(({ errors }) => errors > 0);
  const hasLag = result.timeline.lag.some(({ replayLagMs }) => replayLagMs !== null);
  let { bottom } = latency;
  const below = (height: number): Lane => {
    const top = bottom + GAP;
    bottom = top + height;
    return { top, bottom };
  };
  const lanes = {
    locks: rows.length > 0 ? below(rows.length * LOCK_ROW) : null,
    actors: came > 0 ? below(came * ACTOR_ROW) : null,
    requests: below(46),
    errors: hasErrors ? below(30) : null,
    backfill: columns.length > 0 ? below(40) : null,
    watch: watchedPoints(result).length > 0 ? below(40) : null,
    lag: hasLag ? below(40) : null,
    noise: (result.timeline.noise ?? []).length > 1 ? below(30) : null,
  };
  return {
    size,
    x,
    y,
    points,
    bands,
    lockRows: rows,
    columns,
    latency,
    ...lanes,
    bottom: bottom + 6,
    height: bottom + 6 + AXIS,
    decades: DECADES.filter((decade) => decade <= slowest),
    timeTicks: timeTicks(startMs, endMs, size.mostTimeTicks),
  };
}

export function budgetOf(result: Result): number | null {
  return result.checks.find(({ id }) => id === 'p99')?.budget ?? null;
}

function spanOf({ timeline, steps }: Result): { startMs: number; endMs: number } {
  const { seconds } = timeline;
  const startMs = Math.min(seconds[0]?.tMs ?? Infinity, ...steps.map(({ fromMs }) => fromMs ?? Infinity));
  const from = Number.isFinite(startMs) ? startMs : 0;
  const ends = [
    (seconds.at(-1)?.tMs ?? 0) + 1000,
    ...steps.map(({ toMs }) => toMs ?? 0),
    ...timeline.locks.map(({ toMs }) => toMs),
  ];
  return { startMs: from, endMs: Math.max(from + 1000, largest(ends)) };
}

const TICK_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

function timeTicks(startMs: number, endMs: number, most: number): number[] {
  const lengthS = (endMs - startMs) / 1000;
  const stepS =
    TICK_STEPS_S.find((step) => lengthS / step <= most) ?? Math.ceil(lengthS / most / 3600) * 3600;
  const ticks = [];
  for (let s = Math.ceil(startMs / 1000 / stepS) * stepS; s * 1000 <= endMs; s += stepS) ticks.push(s * 1000);
  return ticks;
}
