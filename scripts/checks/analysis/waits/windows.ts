import type { LockEntry, OutsideLockRecord, StatementRecord } from '../../../artifacts/records/records.ts';
import { lastLookMs } from '../../../artifacts/records/sighting-records.ts';
import { HeldLocks } from './held-locks.ts';
import { heldInTransaction, lockEffect, type Clipped, type LockEffect } from './holds.ts';
import { merged, type Interval } from '../../../shared/intervals/intervals.ts';
import { largest } from '../largest.ts';
import { outsideLocks, type LockSpan } from './outside-locks.ts';
import { isExact, type WaitSpan } from './waits.ts';

/** One try of a statement on the run's clock: sent, granted, answered, released. */
export interface StatementTry extends LockEffect {
  readonly record: StatementRecord;
  /** What its transaction held behind it, as the session told it; of what is seen from outside, nothing. */
  readonly held: HeldLocks;
  /** Its own waits for locks of any kind. */
  readonly waits: readonly Clipped[];
  /** All of them together. */
  readonly waitMs: number;
  readonly grantMs: number;
}

/** What else is known of a try. */
interface Known {
  readonly held?: HeldLocks;
  /** When the server says that it gave the statement a lock; undefined where it did not say. */
  readonly grantMsOf?: (record: StatementRecord, lock: LockEntry) => number | undefined;
  /** When its transaction sent its first statement that still held its locks; by itself it is the first one. */
  readonly transactionSinceMs?: number;
}

/** @param waits of all sessions */
export function statementTry(
  record: StatementRecord,
  waits: readonly WaitSpan[],
  locks: readonly OutsideLockRecord[],
  { held = HeldLocks.NONE, grantMsOf = () => undefined, transactionSinceMs = record.sentMs }: Known = {},
): StatementTry {
  const own = ownWaits(record, waits);
  const waitMs = own.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const grantMs = record.sentMs + waitMs;
  const window = { fromMs: record.sentMs, toMs: record.releasedMs };
  const spans =
    record.capture === 'outside'
      ? takenWithin(
          locks.filter(({ pid, step }) => pid === record.pid && step === record.step),
          window,
          transactionSinceMs,
        ).map((span) =>
          failedInTransaction(record)
            ? keptToEnd(span, record, grantMsOf(record, asEntry(span)) ?? endOfWaitMs(span, own) ?? grantMs)
            : span,
        )
      : heldInTransaction(
          record.newLocks,
          (lock) => grantMsOf(record, lock) ?? endOfWaitMs(lock, own) ?? grantMs,
          record.releasedMs,
        );
  const effect = lockEffect(spans, own);
  return { record, held, waits: own, waitMs, grantMs, ...effect, blackout: blackoutOf(record, effect) };
}

/**
 * The answer about the locks of a statement that failed in a transaction was lost with it. A bare one is compared with the
 * catalog instead, and can give back its locks and take them again.
 */
export function failedInTransaction({ capture, error, walBytes }: StatementRecord): boolean {
  return capture === 'outside' && error !== null && walBytes === null;
}

/** Looks come late and end early: what was seen once was held from its grant until the rollback. */
function keptToEnd(span: LockSpan, { releasedMs }: StatementRecord, grantMs: number): LockSpan {
  return { ...span, fromMs: Math.min(span.fromMs, grantMs), toMs: Math.max(span.toMs, releasedMs) };
}

function asEntry({ relation, mode }: LockSpan): LockEntry {
  return { relation, mode, existedBefore: true };
}

/** When a lock that the statement waited for was granted; undefined where nobody told. */
function endOfWaitMs(
  { relation, mode }: Pick<LockEntry, 'relation' | 'mode'>,
  own: readonly Clipped[],
): number | undefined {
  const waited = own.findLast(({ wait }) => wait.relation === relation && wait.mode === mode);
  return waited !== undefined && isExact(waited.wait) ? waited.toMs : undefined;
}

/** Locks seen from outside that an earlier statement of the transaction had not taken. */
function takenWithin(
  locks: readonly OutsideLockRecord[],
  window: Interval,
  transactionSinceMs: number,
): LockSpan[] {
  const looksMs = locks
    .filter(({ tMs }) => tMs < window.fromMs)
    .map((lock) => Math.min(lastLookMs(lock), window.fromMs))
    .filter((ms) => ms >= transactionSinceMs);
  const before = looksMs.length === 0 ? undefined : largest(looksMs);
  const keyOf = ({ relation, mode }: { relation: string; mode: string }): string => `${mode} ${relation}`;
  const isHeld = (lock: OutsideLockRecord): boolean =>
    before !== undefined && lock.granted && lock.tMs <= before && lastLookMs(lock) >= before;
  const held = new Set(locks.filter(isHeld).map(keyOf));
  return outsideLocks(locks, window).filter((span) => !held.has(keyOf(span)));
}

/** Waits of the statement's own backend between its sending and its answer. */
function ownWaits(record: StatementRecord, waits: readonly WaitSpan[]): Clipped[] {
  return waits
    .filter(({ pid, fromMs, lastSeenMs }) => {
      return pid === record.pid && lastSeenMs >= record.sentMs && fromMs <= record.respondedMs;
    })
    .map((wait) => ({ wait, fromMs: Math.max(wait.fromMs, record.sentMs), toMs: endOf(wait, record) }))
    .filter(({ fromMs, toMs }) => toMs > fromMs);
}

/**
 * The wait ended between the last poll that saw it and the next one or the statement's answer, whichever came first:
 * take the middle. One that the answer itself ended, such as a lock_timeout, lasted until then.
 */
function endOf(wait: WaitSpan, { respondedMs, error }: StatementRecord): number {
  if (wait.goneMs < respondedMs) return wait.toMs;
  return error === null ? (wait.lastSeenMs + respondedMs) / 2 : respondedMs;
}

/** Inside a transaction nothing is given back before its end: from the first blocking moment all is one stretch. */
function blackoutOf(record: StatementRecord, { blackout, blockingHoldMs }: LockEffect): Interval[] {
  if (record.capture === 'outside' || blockingHoldMs === 0) return merged(blackout);
  const fromMs = Math.min(...blackout.map((part) => part.fromMs));
  return [{ fromMs, toMs: Math.max(fromMs, record.releasedMs) }];
}
