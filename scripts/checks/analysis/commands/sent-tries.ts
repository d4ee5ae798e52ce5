import type { LockEntry, OutsideLockRecord, StatementRecord } from '../../../artifacts/records/records.ts';
import { POLL_MS } from '../../../artifacts/polling.ts';
import { blocksTraffic } from '../../../pg/lock-modes.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { groupBy } from '../../../shared/group-by.ts';
import { firstAbove } from '../../../shared/intervals/overlap-index.ts';
import { TransactionStarts, type StepRun } from '../step-runs.ts';
import type { OwnWaits } from '../waits/own-waits.ts';
import type { WaitSpan } from '../waits/waits.ts';
import { HeldLocks } from '../waits/held-locks.ts';
import { lockEffect } from '../waits/holds.ts';
import { statementTry, type StatementTry } from '../waits/windows.ts';
import { Sightings } from '../waits/sightings.ts';
import { wentThrough } from './gone-through.ts';

/**
 * Statements of a command with the locks that were seen from outside while each ran and its transaction went on, and the tables that
 * it went through. Those that were over before anybody could look are left out.
 * @param locks of this step
 */
export function sentTries(
  { sent, planned }: StepRun,
  locks: readonly OutsideLockRecord[],
  waits: OwnWaits,
  { schema = [] }: Pick<Evidence, 'schema'>,
): StatementTry[] {
  if (sent.length === 0) return [];
  const seen = new Sightings(locks);
  const sentMsOf = new Map(
    [...groupBy(sent, ({ pid }) => pid)].map(([pid, own]) => [
      pid,
      own.map(({ sentMs }) => sentMs).sort((a, b) => a - b),
    ]),
  );
  const starts = new TransactionStarts();
  const tries = sent.flatMap((record) => {
    const { pid, sentMs, releasedMs } = record;
    const sinceMs = starts.sinceMs(record);
    if (releasedMs - sentMs < POLL_MS / 2) return [];
    const own = sentMsOf.get(pid) ?? [];
    const nextMs = own[firstAbove(own, sentMs, (ms) => ms)] ?? Infinity;
    return withLocks(record, waits.during(record), seen.of(record, sinceMs), { sinceMs, nextMs });
  });
  const whole = schema.flatMap((one) =>
    one.type === 'whole-tables' && one.step === planned.name ? one.tables : [],
  );
  return wentThrough(tries, whole);
}

function withLocks(
  record: StatementRecord,
  waits: readonly WaitSpan[],
  locks: readonly OutsideLockRecord[],
  { sinceMs, nextMs }: { readonly sinceMs: number; readonly nextMs: number },
): StatementTry {
  const whole = statementTry(record, waits, locks, { transactionSinceMs: sinceMs });
  // What was first seen later was taken by a later one of its transaction; those that are not on record stop nobody.
  const seenBy = record.respondedMs + POLL_MS;
  const spans = whole.spans.filter(
    ({ fromMs, mode }) => fromMs <= seenBy || (blocksTraffic(mode) && fromMs + POLL_MS / 2 < nextMs),
  );
  const tried = { ...whole, ...lockEffect(spans, whole.waits) };
  const entries = spans.map(({ relation, mode, partitionOf }): LockEntry => {
    return { relation, mode, existedBefore: true, ...(partitionOf === undefined ? {} : { partitionOf }) };
  });
  return { ...tried, held: new HeldLocks(entries) };
}
