import type { Result } from '../../../checks/result/contract/result.ts';

/** One or more seconds of the run that share a place in the chart. */
export interface ChartPoint {
  readonly fromMs: number;
  readonly toMs: number;
  /** The middle one of the seconds' medians; null = no answer is known. */
  readonly p50Ms: number | null;
  /** The highest of the seconds, so that no peak gets lost. */
  readonly p99Ms: number | null;
  /** Failed requests per second; the worst of the seconds. */
  readonly errors: number;
  /** Started requests per second by app version. */
  readonly requests: Readonly<Record<string, number>>;
}

type Second = Result['timeline']['seconds'][number];

/** Points closer than this in the chart are drawn as one. */
const NARROWEST = 1.5;

/** The seconds of a run as what can be told apart in the chart. Where seconds are missing, so are points. */
export function chartPoints(result: Result, x: (ms: number) => number): ChartPoint[] {
  const { seconds } = result.timeline;
  const widthMs = bucketMs(seconds);
  const points: ChartPoint[] = [];
  let group: Second[] = [];
  for (const second of seconds) {
    const first = group[0] ?? second;
    const last = group.at(-1);
    const isFull = x(second.tMs + widthMs) - x(first.tMs) > NARROWEST && group.length > 0;
    if (isFull || (last !== undefined && isApart(last, second, widthMs))) {
      points.push(merged(group, widthMs));
      group = [];
    }
    group.push(second);
  }
  if (group.length > 0) points.push(merged(group, widthMs));
  return points;
}

/** Neighbouring points in one run each: between two runs there is nothing to draw. */
export function unbroken(points: readonly ChartPoint[]): ChartPoint[][] {
  const runs: ChartPoint[][] = [];
  let last: ChartPoint | undefined;
  for (const point of points) {
    if (last === undefined || point.fromMs - last.toMs > (last.toMs - last.fromMs) / 2) runs.push([]);
    runs.at(-1)?.push(point);
    last = point;
  }
  return runs;
}

/** How long an entry of the timeline is: a second, or several in a very long run. */
function bucketMs(seconds: readonly Second[]): number {
  let least = Infinity;
  seconds.forEach(({ tMs }, at) => {
    const before = seconds[at - 1];
    if (before !== undefined && tMs > before.tMs) least = Math.min(least, tMs - before.tMs);
  });
  return Number.isFinite(least) ? least : 1000;
}

function isApart(before: Second, after: Second, widthMs: number): boolean {
  return after.tMs - before.tMs > widthMs * 1.5;
}

function merged(group: readonly Second[], widthMs: number): ChartPoint {
  const fromMs = group[0]?.tMs ?? 0;
  const toMs = (group.at(-1)?.tMs ?? 0) + widthMs;
  const perSecond = 1000 / widthMs;
  const requests: Record<string, number> = {};
  for (const second of group) {
    for (const [version, count] of Object.entries(second.requests))
      requests[version] = (requests[version] ?? 0) + (count * perSecond) / group.length;
  }
  const p50s = group.flatMap(({ p50Ms }) => (p50Ms === null ? [] : [p50Ms])).sort((a, b) => a - b);
  const p99s = group.flatMap(({ p99Ms }) => (p99Ms === null ? [] : [p99Ms]));
  return {
    fromMs,
    toMs,
    requests,
    p50Ms: p50s[Math.floor((p50s.length - 1) / 2)] ?? null,
    p99Ms: p99s.length === 0 ? null : Math.max(...p99s),
    errors: Math.max(...group.map(({ errors }) => errors * perSecond)),
  };
}
