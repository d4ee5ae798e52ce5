import { POLL_MS } from '../../../artifacts/polling.ts';
import type { SessionRole, WaitRecord } from '../../../artifacts/records/records.ts';
import { lastLookMs } from '../../../artifacts/records/sighting-records.ts';
import type { ExactWait } from '../../../artifacts/records/wait-records.ts';
import { groupBy } from '../../../shared/group-by.ts';
import { firstAbove } from '../../../shared/intervals/overlap-index.ts';

/** A later poll than this is not the next one: nothing was watched in between. */
const LONGEST_POLL_MS = 5 * POLL_MS;
/** Two readings of one wait's start differ by the round trip of the poll. */
const START_JITTER_MS = 1;

const UNSEEN: readonly WaitRecord[] = [];

/** One wait of one session for one lock, over all polls that saw it. */
export interface WaitSpan {
  readonly pid: number;
  readonly role: SessionRole;
  readonly relation: string | null;
  readonly locktype: string;
  readonly mode: string;
  /** Exact: pg_locks.waitstart, or as the server told. */
  readonly fromMs: number;
  readonly lastSeenMs: number;
  /** As the server told; else half-way to the next poll, which no longer saw it: true to half a poll. */
  readonly toMs: number;
  /** The first poll that no longer saw it. */
  readonly goneMs: number;
  /** In order; empty for one between two polls, of which only the server told. */
  readonly seen: readonly WaitRecord[];
}

/**
 * Joins what single polls saw into waits, in order of their start. Where the server told of its waits by itself, these are the
 * waits, and the polls say who stood in their way.
 */
export function waitSpans(records: readonly WaitRecord[], exact: readonly ExactWait[] = []): WaitSpan[] {
  const ordered = records.toSorted((a, b) => a.tMs - b.tMs);
  const polls = [...new Set(ordered.map(({ tMs }) => tMs))];
  const open = new Map<number, WaitRecord[]>();
  const waits: WaitRecord[][] = [];
  for (const record of ordered) {
    const current = open.get(record.pid);
    if (current !== undefined && continues(current, record)) current.push(record);
    else {
      const begun = [record];
      open.set(record.pid, begun);
      waits.push(begun);
    }
  }
  return withExact(
    waits.map((seen) => spanOf(seen, polls)),
    exact,
  ).sort((a, b) => a.fromMs - b.fromMs || a.pid - b.pid);
}

function withExact(spans: readonly WaitSpan[], exact: readonly ExactWait[]): WaitSpan[] {
  const told = groupBy(
    exact.toSorted((a, b) => a.fromMs - b.fromMs),
    ({ pid }) => pid,
  );
  const begun = new Map([...told].map(([pid, waits]) => [pid, waits.map(({ fromMs }) => fromMs)]));
  const looks = new Map<ExactWait, WaitSpan[]>();
  const untold = spans.filter((span) => {
    const wait = nearestSame(span, told.get(span.pid) ?? [], begun.get(span.pid) ?? []);
    if (wait === undefined) return true;
    const own = looks.get(wait);
    if (own === undefined) looks.set(wait, [span]);
    else own.push(span);
    return false;
  });
  return [...untold, ...exact.map((wait) => seenToo(asTold(wait), looks.get(wait) ?? []))];
}

/** The look asked who it was while the session was there. */
function seenToo(told: WaitSpan, looks: readonly WaitSpan[]): WaitSpan {
  const last = looks.at(-1);
  if (last === undefined) return told;
  const relation = looks.findLast((span) => span.relation !== null)?.relation ?? told.relation;
  return { ...told, role: last.role, relation, seen: looks.flatMap(({ seen }) => seen) };
}

/**
 * Of the waits of its session the one that begins nearest to the span's own beginning. A session waits for one lock at a time,
 * so that they end in the order in which they begin.
 */
function nearestSame(
  span: WaitSpan,
  waits: readonly ExactWait[],
  begun: readonly number[],
): ExactWait | undefined {
  const firstMs = span.seen[0]?.tMs ?? span.lastSeenMs;
  const at = firstAbove(begun, span.fromMs, (fromMs) => fromMs);
  let before: ExactWait | undefined;
  for (let index = at - 1; index >= 0 && before === undefined; index--) {
    const wait = waits[index];
    if (wait === undefined || wait.toMs < span.lastSeenMs - POLL_MS) break;
    if (isSame(span, wait)) before = wait;
  }
  for (let index = at; index < waits.length; index++) {
    const wait = waits[index];
    if (wait === undefined || wait.fromMs > firstMs + POLL_MS) break;
    if (!isSame(span, wait)) continue;
    return before === undefined || wait.fromMs - span.fromMs < span.fromMs - before.fromMs ? wait : before;
  }
  return before;
}

/** Whether both ends are as the server told. */
export function isExact({ toMs, goneMs }: WaitSpan): boolean {
  return toMs === goneMs;
}

/** The polls that saw the span lie within the wait, but for the round trip of a poll. */
function isSame({ locktype, mode, seen, lastSeenMs }: WaitSpan, wait: ExactWait): boolean {
  const firstMs = seen[0]?.tMs ?? lastSeenMs;
  return (
    locktype === wait.locktype &&
    mode === wait.mode &&
    firstMs >= wait.fromMs - POLL_MS &&
    lastSeenMs <= wait.toMs + POLL_MS
  );
}

function asTold({ pid, role, relation, locktype, mode, fromMs, toMs }: ExactWait): WaitSpan {
  return { pid, role, relation, locktype, mode, fromMs, toMs, lastSeenMs: toMs, goneMs: toMs, seen: UNSEEN };
}

/** The same wait began before the last poll that saw the session wait; a new one began after it. */
function continues(seen: readonly WaitRecord[], next: WaitRecord): boolean {
  const last = seen.at(-1);
  if (last === undefined) return false;
  const sameLock =
    last.relation === next.relation && last.mode === next.mode && last.locktype === next.locktype;
  const isDated = last.waitStartMs !== undefined && next.waitStartMs !== undefined;
  const sameStart = isDated
    ? last.waitStartMs === next.waitStartMs
    : next.sinceMs <= lastLookMs(last) + START_JITTER_MS;
  return sameLock && sameStart;
}

function spanOf(seen: readonly WaitRecord[], polls: readonly number[]): WaitSpan {
  const [first] = seen;
  const last = seen.at(-1);
  if (first === undefined || last === undefined) throw new TypeError('a wait was seen at least once');
  const lastSeenMs = lastLookMs(last);
  const next = last.goneMs ?? polls[firstAbove(polls, lastSeenMs, (tMs) => tMs)];
  const goneMs = next !== undefined && next - lastSeenMs <= LONGEST_POLL_MS ? next : lastSeenMs + POLL_MS;
  const { pid, role, relation, locktype, mode } = last;
  return {
    pid,
    role,
    relation,
    locktype,
    mode,
    // waitstart is empty for a moment after a wait began, so that the first reading can be late.
    fromMs: seen.reduce((earliest, { sinceMs }) => Math.min(earliest, sinceMs), first.sinceMs),
    lastSeenMs,
    toMs: (lastSeenMs + goneMs) / 2,
    goneMs,
    seen,
  };
}
