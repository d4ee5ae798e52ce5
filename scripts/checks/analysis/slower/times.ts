import type { LoadEvent } from '../../../artifacts/records/records.ts';
import type { RequestTable } from '../../evidence/request-table.ts';
import { isPassive } from '../disturbances.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';
import { percentile } from '../../../shared/numbers/percentile.ts';
import { firstAbove } from '../../../shared/intervals/overlap-index.ts';
import { scriptKey } from '../traffic/latency.ts';
import type { StepRun } from '../steps.ts';

/** They are numbered in 16 bits. */
const MOST_SCRIPTS = 65_536;

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

/** What calm stretches are cut from. */
interface Course {
  readonly requests: RequestTable;
  readonly load: readonly LoadEvent[] | undefined;
  readonly steps: readonly StepRun[];
  /** Requests that waited for a lock. */
  readonly waited: ReadonlySet<number>;
  readonly endMs: number;
}

/** The baseline, then the time behind each step that does something; what waited for a lock is left out. */
export function calmStretches({ requests, load, steps, waited, endMs }: Course): CalmStretch[] {
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
  const samples = samplesOf(requests, all, waited);
  return all.map((stretch, position) => ({ ...stretch, samples: samples[position] ?? new Map() }));
}

function intervalOf({ fromMs, toMs }: Interval): Interval {
  return { fromMs, toMs };
}

/** Requests that were sent and answered in it. */
export function samplesWithin(
  requests: RequestTable,
  stretch: Interval,
  waited: ReadonlySet<number>,
): ReadonlyMap<string, Sample> {
  return samplesOf(requests, [stretch], waited)[0] ?? new Map();
}

/** Likewise for each of several stretches, one behind the other, by one look at each request. */
function samplesOf(
  requests: RequestTable,
  stretches: readonly Interval[],
  waited: ReadonlySet<number>,
): ReadonlyMap<string, Sample>[] {
  const { sentMs, endMs, intendedMs, outcome } = requests;
  const ordered = stretches.toSorted((a, b) => a.fromMs - b.fromMs);
  const lastMs = ordered.reduce((latest, { toMs }) => Math.max(latest, toMs), -Infinity);
  const times = new Map(stretches.map((stretch) => [stretch, new Map<number, TimesOf>()]));
  for (let row = 0; row < requests.count && (intendedMs[row] ?? 0) <= lastMs; row++) {
    const fromMs = sentMs[row] ?? 0;
    const toMs = endMs[row] ?? 0;
    const stretch = ordered[firstAbove(ordered, fromMs, (one) => one.fromMs) - 1];
    if (stretch === undefined || toMs > stretch.toMs || outcome[row] !== 0 || waited.has(row)) continue;
    const own = times.get(stretch);
    const key = (requests.version[row] ?? 0) * MOST_SCRIPTS + (requests.script[row] ?? 0);
    const known = own?.get(key);
    if (known === undefined) own?.set(key, { row, ms: [toMs - fromMs] });
    else known.ms.push(toMs - fromMs);
  }
  return stretches.map((stretch) => {
    const own = [...(times.get(stretch)?.values() ?? [])];
    return new Map(own.map(({ row, ms }) => [scriptKey(requests, row), sampleOf(ms)]));
  });
}

/** Of one script; `row` is one of its requests. */
interface TimesOf {
  readonly row: number;
  readonly ms: number[];
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
