import type { LoadEvent } from '../../../artifacts/records/records.ts';
import type { RequestTable } from '../../evidence/request-table.ts';
import { groupBy } from '../../../shared/group-by.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';
import { latencyOf, type Latency } from './percentiles.ts';

/** A p99 over a shorter time than this would be that of a handful of requests. */
const SHORTEST_STEP_WINDOW_MS = 1000;

/**
 * The app before the first step: the requests that were answered by then, since one that still ran waited for the plan as well.
 * Undefined where the load never came so far, or none was.
 */
export function baselineLatency(
  requests: RequestTable | undefined,
  load: readonly LoadEvent[] | undefined,
): Latency | undefined {
  const rows = requests === undefined ? [] : baselineRows(requests, load);
  return requests === undefined || rows.length === 0 ? undefined : ofRows(requests, rows);
}

/** The same by script, under `<version> <script>`, both as indexes. */
export function baselineByScript(
  requests: RequestTable,
  load: readonly LoadEvent[] | undefined,
): ReadonlyMap<string, Latency> {
  const groups = groupBy(baselineRows(requests, load), (row) => scriptKey(requests, row));
  return new Map([...groups].map(([key, rows]) => [key, ofRows(requests, rows)]));
}

/** `<version> <script>` of a request, as indexes. */
export function scriptKey({ version, script }: RequestTable, row: number): string {
  return `${version[row] ?? 0} ${script[row] ?? 0}`;
}

function baselineRows(requests: RequestTable, load: readonly LoadEvent[] | undefined): number[] {
  const window = load?.find((event) => event.type === 'baseline');
  if (window === undefined) return [];
  const rows: number[] = [];
  for (let row = 0; row < requests.count; row++) {
    const isIn =
      (requests.intendedMs[row] ?? 0) >= window.fromMs && (requests.endMs[row] ?? 0) <= window.toMs;
    if (isIn) rows.push(row);
  }
  return rows;
}

/** The whole run by app version, in order of rollout; versions without a request are left out. */
export function latencyByVersion(requests: RequestTable): Record<string, Latency> {
  const rows: number[][] = requests.versions.map(() => []);
  requests.version.forEach((version, row) => rows[version]?.push(row));
  const entries = requests.versions.map((name, version) => [name, rows[version] ?? []] as const);
  return Object.fromEntries(
    entries.filter(([, some]) => some.length > 0).map(([name, some]) => [name, ofRows(requests, some)]),
  );
}

/**
 * The app over the time of a step and the drain of its queues, at least a second: every request that was in flight in
 * it, but for those that `delayedByOther` says another step delayed.
 */
export function stepLatency(
  requests: RequestTable,
  step: Interval,
  drainedMs: number,
  delayedByOther: (row: number) => boolean,
): Latency {
  const toMs = Math.max(step.toMs, drainedMs, step.fromMs + SHORTEST_STEP_WINDOW_MS);
  const rows: number[] = [];
  for (let row = 0; row < requests.count; row++) {
    if ((requests.intendedMs[row] ?? 0) >= toMs) break;
    if ((requests.endMs[row] ?? 0) >= step.fromMs && !delayedByOther(row)) rows.push(row);
  }
  return ofRows(requests, rows);
}

function ofRows(requests: RequestTable, rows: readonly number[]): Latency {
  const latenciesMs = new Float64Array(rows.length);
  let errors = 0;
  rows.forEach((row, position) => {
    latenciesMs[position] = (requests.endMs[row] ?? 0) - (requests.intendedMs[row] ?? 0);
    if (requests.outcome[row] !== 0) errors += 1;
  });
  return latencyOf(latenciesMs, errors);
}
