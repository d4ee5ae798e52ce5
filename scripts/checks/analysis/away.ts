import type { PresenceRecord } from '../../artifacts/records/records.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { RequestTable } from '../evidence/request-table.ts';
import type { Interval } from '../../shared/intervals/intervals.ts';

/** A request that took so long may have waited for those that were held up before it. */
const HELD_UP_MS = 250;

/** When the server was crashed on purpose, until it took connections again. */
export function crashesOnPurpose(steps: Evidence['steps']): Interval[] {
  return (steps ?? []).flatMap((event) => (event.type === 'interruption' ? (event.downs ?? []) : []));
}

/** What was on record of a server that was crashed on purpose is nobody's finding. */
export function isOnPurpose(record: Interval, crashes: readonly Interval[]): boolean {
  return crashes.some((crash) => record.fromMs <= crash.toMs && record.toMs >= crash.fromMs);
}

/** Those of the servers and of the rehearsal that nobody brought about on purpose. */
export function unexpected({ presence, steps }: Pick<Evidence, 'presence' | 'steps'>): PresenceRecord[] {
  const crashes = crashesOnPurpose(steps);
  return (presence ?? []).filter(
    (record) => record.type === 'crash' || record.type === 'stood-still' || !isOnPurpose(record, crashes),
  );
}

/** When a server or the tool was away, and the plan had no part in it. @param records as of `unexpected` */
export function awayIntervals(records: readonly PresenceRecord[], planPids: ReadonlySet<number>): Interval[] {
  const isPlans = records.some((record) => isPlansCrash(record, planPids));
  return records.flatMap((record) => {
    if (record.type === 'crash') return [];
    if (record.type === 'away' && record.why === 'restarting' && isPlans) return [];
    return [{ fromMs: record.fromMs, toMs: record.toMs }];
  });
}

/** The process that crashed ran the plan's own SQL. */
export function isPlansCrash(record: PresenceRecord, planPids: ReadonlySet<number>): boolean {
  return record.type === 'crash' && planPids.has(record.pid);
}

/** Server processes that ran statements or backfills of the plan. */
export function planPidsOf({ steps, locks }: Pick<Evidence, 'steps' | 'locks'>): Set<number> {
  const statements = (steps ?? []).flatMap((event) => (event.type === 'statement' ? [event.pid] : []));
  return new Set([...statements, ...(locks ?? []).map(({ pid }) => pid)]);
}

/** Evidence without the requests that were under way while somebody was away, or waited for those: nobody can say why they did. */
export function withoutAway(evidence: Evidence, away: readonly Interval[]): Evidence {
  const { requests } = evidence;
  if (requests === undefined || away.length === 0) return evidence;
  return { ...evidence, requests: keepRows(requests, rowsBeside(requests, away)) };
}

/** The table is in order of intended times, so one pass finds how far what was held up reaches. */
function rowsBeside(requests: RequestTable, away: readonly Interval[]): number[] {
  const reach = away.map(({ fromMs, toMs }) => ({ fromMs, toMs }));
  const kept: number[] = [];
  for (let row = 0; row < requests.count; row++) {
    const intendedMs = requests.intendedMs[row] ?? 0;
    const endMs = requests.endMs[row] ?? 0;
    const within = reach.filter(({ fromMs, toMs }) => intendedMs <= toMs && endMs >= fromMs);
    if (within.length === 0) kept.push(row);
    if (endMs - intendedMs < HELD_UP_MS) continue;
    for (const one of within) one.toMs = Math.max(one.toMs, endMs);
  }
  return kept;
}

function keepRows(requests: RequestTable, rows: readonly number[]): RequestTable {
  const { intendedMs, readyMs, sentMs, endMs, version, script, outcome, pid } = requests;
  const of = <T extends Float64Array | Uint16Array | Int32Array>(
    column: T,
    make: { from(values: number[]): T },
  ): T => make.from(rows.map((row) => column[row] ?? 0));
  return {
    ...requests,
    count: rows.length,
    intendedMs: of(intendedMs, Float64Array),
    readyMs: of(readyMs, Float64Array),
    sentMs: of(sentMs, Float64Array),
    endMs: of(endMs, Float64Array),
    version: of(version, Uint16Array),
    script: of(script, Uint16Array),
    outcome: of(outcome, Uint16Array),
    pid: of(pid, Int32Array),
  };
}
