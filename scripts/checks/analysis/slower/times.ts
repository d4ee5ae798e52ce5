import type { LoadEvent } from '../../../artifacts/records/records.ts';
import type { RequestTable } from '../../evidence/request-table.ts';
import { isPassive } from '../disturbances.ts';
import type { Interval } from '../intervals.ts';
import { percentile } from '../traffic/percentiles.ts';
import { scriptKey } from '../traffic/latency.ts';
import type { StepRun } from '../steps.ts';

/** How long a script's requests ran on the server, from sent to answered, while nothing of the plan ran. */
export interface Sample {
  readonly requests: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
}

/** A stretch without a step that does anything. */
export interface CalmStretch extends Interval {
  /** The step that ended where it begins; null = the baseline. */
  readonly after: StepRun | null;
  /** By `<version> <script>` as indexes. */
  readonly samples: ReadonlyMap<string, Sample>;
}

/** The baseline, then the time behind each step that does something; what waited for a lock is left out. */
export function calmStretches(
  requests: RequestTable,
  load: readonly LoadEvent[] | undefined,
  steps: readonly StepRun[],
  waited: ReadonlySet<number>,
  endMs: number,
): CalmStretch[] {
  const baseline = load?.find((event) => event.type === 'baseline');
  const acting = steps.flatMap((step) =>
    step.window === null || isPassive(step) ? [] : [{ step, window: step.window }],
  );
  const stretches = acting.map(({ step, window }, position) => ({
    after: step,
    fromMs: window.toMs,
    toMs: acting[position + 1]?.window.fromMs ?? endMs,
  }));
  const all = baseline === undefined ? stretches : [{ after: null, ...intervalOf(baseline) }, ...stretches];
  return all.map((stretch) => ({ ...stretch, samples: samplesWithin(requests, stretch, waited) }));
}

function intervalOf({ fromMs, toMs }: Interval): Interval {
  return { fromMs, toMs };
}

/** Requests that were sent and answered in it. */
export function samplesWithin(
  requests: RequestTable,
  { fromMs, toMs }: Interval,
  waited: ReadonlySet<number>,
): Map<string, Sample> {
  const times = new Map<string, number[]>();
  for (let row = 0; row < requests.count; row++) {
    if ((requests.intendedMs[row] ?? 0) > toMs) break;
    const [sentMs, endMs] = [requests.sentMs[row] ?? 0, requests.endMs[row] ?? 0];
    if (sentMs < fromMs || endMs > toMs || requests.outcome[row] !== 0 || waited.has(row)) continue;
    const key = scriptKey(requests, row);
    const own = times.get(key);
    if (own === undefined) times.set(key, [endMs - sentMs]);
    else own.push(endMs - sentMs);
  }
  return new Map([...times].map(([key, own]) => [key, sampleOf(own)]));
}

function sampleOf(times: readonly number[]): Sample {
  const ascending = new Float64Array(times).sort();
  return {
    requests: ascending.length,
    p50Ms: percentile(ascending, 0.5),
    p90Ms: percentile(ascending, 0.9),
    p99Ms: percentile(ascending, 0.99),
  };
}
