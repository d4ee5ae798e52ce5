import type { RequestTable } from '../../evidence/request-table.ts';
import { percentile } from '../../../shared/numbers/percentile.ts';

/** More points than this help nobody; a longer run gets wider buckets. */
const MOST_BUCKETS = 3600;

interface TimelineSecond {
  readonly tMs: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  readonly errors: number;
  readonly requests: Readonly<Record<string, number>>;
}

/**
 * The app second by second (in a run of more than an hour: by as many whole seconds as it takes to stay under 3600
 * points). A request counts in each bucket in which it was in flight: with its age so far while it waits, with its
 * latency where it ends. So a stalled app shows its stall while it lasts, and not afterwards.
 */
export function timelineSeconds(requests: RequestTable): TimelineSecond[] {
  if (requests.count === 0) return [];
  const firstSecond = Math.floor((requests.intendedMs[0] ?? 0) / 1000);
  const lastSecond = Math.floor(maximum(requests.endMs) / 1000);
  const widthMs = 1000 * Math.ceil((lastSecond - firstSecond + 1) / MOST_BUCKETS);
  const seconds: TimelineSecond[] = [];
  let next = 0;
  let flying: number[] = [];
  for (let tMs = firstSecond * 1000; tMs <= lastSecond * 1000; tMs += widthMs) {
    const begun = next;
    while (next < requests.count && (requests.intendedMs[next] ?? 0) < tMs + widthMs) flying.push(next++);
    seconds.push(bucket(requests, flying, { tMs, widthMs, begun, next }));
    flying = flying.filter((row) => (requests.endMs[row] ?? 0) >= tMs + widthMs);
  }
  return seconds;
}

function bucket(
  requests: RequestTable,
  flying: readonly number[],
  { tMs, widthMs, begun, next }: { tMs: number; widthMs: number; begun: number; next: number },
): TimelineSecond {
  const endMs = tMs + widthMs;
  const ages = new Float64Array(flying.length);
  let errors = 0;
  flying.forEach((row, position) => {
    const doneMs = requests.endMs[row] ?? 0;
    ages[position] = Math.min(doneMs, endMs) - (requests.intendedMs[row] ?? 0);
    if (doneMs < endMs && requests.outcome[row] !== 0) errors += 1;
  });
  ages.sort();
  const at = (q: number): number | null => (ages.length === 0 ? null : percentile(ages, q));
  const started = requests.versions.map(() => 0);
  for (let row = begun; row < next; row++) {
    const version = requests.version[row] ?? 0;
    started[version] = (started[version] ?? 0) + 1;
  }
  return {
    tMs,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    maxMs: at(1),
    errors,
    requests: Object.fromEntries(requests.versions.map((name, version) => [name, started[version] ?? 0])),
  };
}

function maximum(values: Float64Array): number {
  let most = values[0] ?? 0;
  for (const value of values) if (value > most) most = value;
  return most;
}
