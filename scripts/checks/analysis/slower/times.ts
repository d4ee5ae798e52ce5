import type { LoadEvent } from '../../../artifacts/records/records.ts';
import type { RequestTable } from '../../evidence/request-table.ts';
import { isPassive } from '../disturbances.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';
import { percentile } from '../../../shared/numbers/percentile.ts';
import { scriptKey } from '../traffic/latency.ts';
import type { StepRun } from '../step-runs.ts';

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

/** Likewise for each of several stretches, one behind the other, by one look at each request and one number for each. */
function samplesOf(
  requests: RequestTable,
  stretches: readonly Interval[],
  waited: ReadonlySet<number>,
): ReadonlyMap<string, Sample>[] {
  const { groups, groupOf, sizes } = grouped(requests, stretches, waited);
  let next = 0;
  const places = sizes.map((size) => (next += size) - size);
  const times = new Float64Array(next);
  for (let row = 0; row < groupOf.length; row++) {
    const group = groupOf[row] ?? NO_GROUP;
    if (group === NO_GROUP) continue;
    const place = places[group] ?? 0;
    times[place] = (requests.endMs[row] ?? 0) - (requests.sentMs[row] ?? 0);
    places[group] = place + 1;
  }
  const samples = new Map(stretches.map((stretch) => [stretch, new Map<string, Sample>()]));
  for (const { index, stretch, row } of groups) {
    const end = places[index] ?? 0;
    const own = times.subarray(end - (sizes[index] ?? 0), end);
    samples.get(stretch)?.set(scriptKey(requests, row), sampleOf(own));
  }
  return stretches.map((stretch) => samples.get(stretch) ?? new Map<string, Sample>());
}

const NO_GROUP = -1;

/** The requests of one script in one stretch; `row` is the first of them. */
interface Group {
  readonly index: number;
  readonly stretch: Interval;
  readonly row: number;
}

/** @returns each row's group, and how many rows each group has */
function grouped(
  requests: RequestTable,
  stretches: readonly Interval[],
  waited: ReadonlySet<number>,
): { groups: Group[]; groupOf: Int32Array; sizes: number[] } {
  const { sentMs, endMs, intendedMs, outcome, version, script } = requests;
  const ordered = stretches.toSorted((a, b) => a.fromMs - b.fromMs);
  const own = ordered.map(() => new Map<number, Group>());
  const lastMs = ordered.reduce((latest, { toMs }) => Math.max(latest, toMs), -Infinity);
  const groupOf = new Int32Array(requests.count).fill(NO_GROUP);
  const groups: Group[] = [];
  const sizes: number[] = [];
  let position = -1;
  for (let row = 0; row < requests.count && (intendedMs[row] ?? 0) <= lastMs; row++) {
    // Requests come nearly in order: the place is hardly ever another than that of the one before.
    while ((ordered[position + 1]?.fromMs ?? Infinity) <= (sentMs[row] ?? 0)) position += 1;
    while (position >= 0 && (ordered[position]?.fromMs ?? 0) > (sentMs[row] ?? 0)) position -= 1;
    const stretch = ordered[position];
    if (stretch === undefined || (endMs[row] ?? 0) > stretch.toMs) continue;
    if (outcome[row] !== 0 || waited.has(row)) continue;
    const key = (version[row] ?? 0) * MOST_SCRIPTS + (script[row] ?? 0);
    let group = own[position]?.get(key);
    if (group === undefined) {
      group = { index: sizes.length, stretch, row };
      own[position]?.set(key, group);
      groups.push(group);
      sizes.push(0);
    }
    groupOf[row] = group.index;
    sizes[group.index] = (sizes[group.index] ?? 0) + 1;
  }
  return { groups, groupOf, sizes };
}

/** Sorts `times` in place. */
function sampleOf(times: Float64Array): Sample {
  const ascending = times.sort();
  return {
    requests: ascending.length,
    p50Ms: percentile(ascending, 0.5),
    p90Ms: percentile(ascending, 0.9),
    p99Ms: percentile(ascending, 0.99),
  };
}
