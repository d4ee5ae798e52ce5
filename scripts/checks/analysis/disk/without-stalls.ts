import { merged, type Interval } from '../../../shared/intervals/intervals.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { RequestTable } from '../../evidence/request-table.ts';
import { firstAbove } from '../../../shared/intervals/overlap-index.ts';

/** Fields of artifacts that are moments of the run. */
export const MOMENTS: ReadonlySet<string> = new Set([
  'tMs',
  'fromMs',
  'toMs',
  'lastMs',
  'goneMs',
  'sinceMs',
  'sentMs',
  'respondedMs',
  'releasedMs',
  'startMs',
  'endMs',
  'serverWentOnMs',
]);
/** How far something is behind at the record's own moment. */
const LAGS: ReadonlySet<string> = new Set(['writeLagMs', 'flushLagMs', 'replayLagMs']);

/**
 * The same run as if some of its time had not been: a moment within it is where it began, and whatever lasted through it is shorter
 * by that.
 */
export function withoutTime(evidence: Evidence, times: readonly Interval[]): Evidence {
  const clock = clockWithout(times);
  const moved = Object.entries(evidence).map(([name, records]: [string, unknown]) => {
    return [name, Array.isArray(records) ? shifted(records, clock) : records] as const;
  });
  const { requests } = evidence;
  return {
    ...evidence,
    ...(Object.fromEntries(moved) as Partial<Evidence>),
    ...(requests === undefined ? {} : { requests: shiftedRequests(requests, clock) }),
  };
}

type Clock = (ms: number) => number;

function clockWithout(times: readonly Interval[]): Clock {
  const gone = merged(times);
  let sumMs = 0;
  const before = gone.map(({ fromMs, toMs }) => {
    const at = sumMs;
    sumMs += toMs - fromMs;
    return at;
  });
  return (ms) => {
    const at = firstAbove(gone, ms, ({ fromMs }) => fromMs) - 1;
    const last = gone[at];
    return last === undefined ? ms : ms - (before[at] ?? 0) - (Math.min(ms, last.toMs) - last.fromMs);
  };
}

/** What several records share, such as the locks of a long transaction, is shared by those that are made of them. */
function shifted(value: unknown, clock: Clock, known = new WeakMap<object, unknown>()): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const made = known.get(value) ?? shiftedObject(value, clock, known);
  known.set(value, made);
  return made;
}

function shiftedObject(value: object, clock: Clock, known: WeakMap<object, unknown>): unknown {
  if (Array.isArray(value)) return value.map((one) => shifted(one, clock, known));
  const at = 'tMs' in value && typeof value.tMs === 'number' ? value.tMs : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, own]: [string, unknown]) => {
      if (typeof own !== 'number') return [key, shifted(own, clock, known)];
      if (MOMENTS.has(key)) return [key, clock(own)];
      return [key, LAGS.has(key) && at !== undefined ? clock(at) - clock(at - own) : own];
    }),
  );
}

function shiftedRequests(requests: RequestTable, clock: Clock): RequestTable {
  const { intendedMs, readyMs, sentMs, endMs } = requests;
  return {
    ...requests,
    intendedMs: intendedMs.map(clock),
    readyMs: readyMs.map(clock),
    sentMs: sentMs.map(clock),
    endMs: endMs.map(clock),
  };
}
