import type { RequestTable } from '../../evidence/request-table.ts';
import type { Disturbance } from '../disturbances.ts';
import { overlapMs, unionMs, type Interval } from '../../../shared/intervals/intervals.ts';
import { firstAbove, OverlapIndex } from '../../../shared/intervals/overlap-index.ts';

/** A request slower than this many milliseconds is delayed, however fast the baseline was. */
const THRESHOLD_FLOOR_MS = 10;
/** Or slower than this many times the p99 of the baseline. */
const THRESHOLD_OVER_P99 = 3;

export function victimThresholdMs(baselineP99Ms: number | undefined): number {
  return Math.max(THRESHOLD_FLOOR_MS, THRESHOLD_OVER_P99 * (baselineP99Ms ?? 0));
}

/** What that threshold was made from. */
export function victimThresholdFrom(
  baselineP99Ms: number | undefined,
  fixedMs: number | undefined,
): 'rehearsal' | 'baseline' | 'tool' {
  if (fixedMs !== undefined) return 'rehearsal';
  return victimThresholdMs(baselineP99Ms) > THRESHOLD_FLOOR_MS ? 'baseline' : 'tool';
}

/** When a request counts as delayed. */
export interface Thresholds {
  /** Over all scripts. */
  readonly ms: number;
  /** Of the script that a request ran, by what that script took before the first step. */
  readonly of: (row: number) => number;
}

export interface DelayedRequests {
  /** Row of the request → index of the disturbance that delayed it. A request belongs to one at most. */
  readonly causeOf: ReadonlyMap<number, number>;
  /** The same the other way round. */
  readonly rowsOf: ReadonlyMap<number, readonly number[]>;
  /** Likewise of requests that took as long and then failed, whatever made them fail. */
  readonly behindOf: ReadonlyMap<number, number>;
  /** Those of them that waited for it by the server's own word, or for a connection meanwhile; the rest only ran meanwhile. */
  readonly waited: ReadonlySet<number>;
  /** Answered, delayed, and nothing of the plan explains why. */
  readonly unexplained: readonly number[];
  /** By disturbance: when the queue that it left behind was gone. */
  readonly drainedMs: readonly number[];
}

/**
 * Who was delayed by what. A request that waited for a lock belongs to what it waited for. For all others: a slow request whose
 * time in flight overlaps a disturbance or the drain of the queue that it left behind. Where several fit, the larger overlap
 * counts, and one that stopped others far more than one that ran.
 */
export function delayedRequests(
  requests: RequestTable,
  causes: readonly Disturbance[],
  thresholds: Thresholds,
  waitedFor: (row: number) => number | undefined = () => undefined,
): DelayedRequests {
  const slow = slowRows(requests, thresholds);
  const drainedMs = drainEnds(requests, slow, causes, thresholds.ms);
  const reaching = new OverlapIndex(
    causes.map((cause, index) => {
      return { cause, index, fromMs: cause.fromMs, toMs: Math.max(cause.toMs, drainedMs[index] ?? 0) };
    }),
  );
  const causeOf = new Map<number, number>();
  const behindOf = new Map<number, number>();
  const waited = new Set<number>();
  const unexplained: number[] = [];
  for (const row of slow) {
    const own = waitedFor(row);
    const cause = own ?? likeliestCause(inFlight(requests, row), reaching);
    if (requests.outcome[row] !== 0) {
      const isBehind = own !== undefined || (cause !== undefined && causes[cause]?.rank === 2);
      if (isBehind && cause !== undefined && isAnswered(requests, row)) behindOf.set(row, cause);
      continue;
    }
    if (cause === undefined) unexplained.push(row);
    else causeOf.set(row, cause);
    if (own !== undefined || (cause !== undefined && causes[cause]?.rank === 2)) waited.add(row);
  }
  return { causeOf, rowsOf: rowsByCause(causeOf), behindOf, waited, unexplained, drainedMs };
}

function rowsByCause(causeOf: ReadonlyMap<number, number>): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (const [row, cause] of causeOf) {
    const own = rows.get(cause);
    if (own === undefined) rows.set(cause, [row]);
    else own.push(row);
  }
  return rows;
}

/** From the moment a request was due to its answer. */
export function inFlight(requests: RequestTable, row: number): Interval {
  return { fromMs: requests.intendedMs[row] ?? 0, toMs: requests.endMs[row] ?? 0 };
}

function slowRows(requests: RequestTable, { of }: Thresholds): number[] {
  const rows: number[] = [];
  for (let row = 0; row < requests.count; row++) {
    const tookMs = (requests.endMs[row] ?? 0) - (requests.intendedMs[row] ?? 0);
    if (tookMs > of(row)) rows.push(row);
  }
  return rows;
}

/**
 * The queue that a stop of length T left behind is gone within T, or the app would not have kept up before it either.
 * Until then each slow request that came while others were slow carries the drain on. Requests that never got an answer
 * say nothing about it.
 */
function drainEnds(
  requests: RequestTable,
  slow: readonly number[],
  causes: readonly Disturbance[],
  thresholdMs: number,
): number[] {
  const answered = slow.filter((row) => isAnswered(requests, row)).map((row) => inFlight(requests, row));
  let latestMs = -Infinity;
  const latest = answered.map(({ toMs }) => (latestMs = Math.max(latestMs, toMs)));
  return causes.map((cause) => {
    const limitMs = cause.toMs + Math.max(thresholdMs, unionMs(cause.hurting));
    let endMs = cause.toMs;
    // All before were answered before it ended.
    for (let place = firstAbove(latest, cause.toMs, (ms) => ms); place < answered.length; place++) {
      const { fromMs, toMs } = answered[place] ?? { fromMs: Infinity, toMs: 0 };
      if (fromMs >= endMs || endMs >= limitMs) break;
      if (toMs > endMs) endMs = Math.min(toMs, limitMs);
    }
    return endMs;
  });
}

function isAnswered(requests: RequestTable, row: number): boolean {
  const outcome = requests.outcomes[requests.outcome[row] ?? 0];
  return outcome !== 'unfinished' && outcome !== 'lost';
}

/** How much more a moment of it explains, by rank: stopping others before holding a lock before just running. */
const WEIGHT = [1, 3, 10] as const;

/** A disturbance with the drain of its queue. */
interface Reaching extends Interval {
  readonly cause: Disturbance;
  readonly index: number;
}

function likeliestCause(request: Interval, reaching: OverlapIndex<Reaching>): number | undefined {
  let best: number | undefined;
  let bestScore = 0;
  let bestCoreMs = 0;
  for (const { cause, index, toMs } of reaching.touching(request).sort((a, b) => a.index - b.index)) {
    const coreMs = cause.hurting.reduce((sum, part) => sum + Math.max(0, overlapMs(request, part)), 0);
    const drain = { fromMs: cause.toMs, toMs };
    const score = WEIGHT[cause.rank] * (coreMs + Math.max(0, overlapMs(request, drain)));
    if (score > bestScore || (score === bestScore && coreMs > bestCoreMs)) {
      best = index;
      bestScore = score;
      bestCoreMs = coreMs;
    }
  }
  return best;
}
