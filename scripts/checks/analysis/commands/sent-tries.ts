import type { LockEntry, OutsideLockRecord, StatementRecord } from '../../../artifacts/records/records.ts';
import type { WholeTable } from '../../../artifacts/records/of-plan/schema-records.ts';
import { POLL_MS } from '../../../artifacts/polling.ts';
import { blocksTraffic } from '../../../pg/lock-modes.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { mentions } from '../../mentions.ts';
import { groupBy } from '../../../shared/group-by.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';
import { TransactionStarts, type StepRun } from '../step-runs.ts';
import type { WaitSpan } from '../waits/waits.ts';
import { HeldLocks } from '../waits/held-locks.ts';
import { lockEffect } from '../waits/holds.ts';
import { statementTry, type StatementTry } from '../waits/windows.ts';

/**
 * Statements of a command with the locks that were seen from outside while each ran and its transaction went on, and the tables that
 * it went through. Those that were over before anybody could look are left out.
 */
export function sentTries(
  { sent, planned }: StepRun,
  { locks = [], schema = [] }: Pick<Evidence, 'locks' | 'schema'>,
  waits: readonly WaitSpan[],
): StatementTry[] {
  if (sent.length === 0) return [];
  const locksOf = groupBy(
    locks.filter(({ step }) => step === planned.name),
    ({ pid }) => pid,
  );
  const waitsOf = groupBy(waits, ({ pid }) => pid);
  const starts = new TransactionStarts();
  const tries = sent.flatMap((record) => {
    const sinceMs = starts.sinceMs(record);
    if (record.releasedMs - record.sentMs < POLL_MS / 2) return [];
    const next = sent.find(({ pid, sentMs }) => pid === record.pid && sentMs > record.sentMs);
    const during = { sinceMs, nextMs: next?.sentMs ?? Infinity };
    return withLocks(record, waitsOf.get(record.pid) ?? [], locksOf.get(record.pid) ?? [], during);
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

/**
 * Each table was gone through by the one that worked longest while it kept others from it, and before all by one that names it: a
 * look takes its time, and one that was asked for before the statement and answered after it dates the lock back.
 */
function wentThrough(tries: readonly StatementTry[], tables: readonly WholeTable[]): StatementTry[] {
  const found = new Map<StatementTry, WholeTable[]>();
  for (const whole of tables) {
    const [by] = tries
      .filter((one) => one.record.error === null && mayHaveGoneThrough(one, whole.table, tries))
      .toSorted((a, b) => likelihood(b, whole) - likelihood(a, whole) || workMs(b) - workMs(a));
    if (by !== undefined) found.set(by, [...(found.get(by) ?? []), whole]);
  }
  return tries.map((one) => {
    const own = found.get(one) ?? [];
    const rewrote = own.filter(({ isRewritten }) => isRewritten).map(({ table }) => table);
    const scanned = own
      .filter(({ isRewritten }) => !isRewritten)
      .map(({ table: relation, readRows: rows }) => ({ relation, rows }));
    return own.length === 0 ? one : { ...one, record: { ...one.record, rewrote, scanned } };
  });
}

/** It took a lock that keeps others from the table, or names it while its transaction had one. */
function mayHaveGoneThrough(one: StatementTry, table: string, tries: readonly StatementTry[]): boolean {
  const { pid, sql, sentMs, respondedMs } = one.record;
  const held = tries.flatMap((by) => (by.record.pid === pid ? stopping(by, table) : []));
  return (
    stopping(one, table).length > 0 ||
    (mentions(sql, table) && held.some(({ fromMs, toMs }) => fromMs <= respondedMs && toMs >= sentMs))
  );
}

function stopping({ spans }: StatementTry, table: string): readonly Interval[] {
  return spans.filter(({ relation, mode }) => relation === table && blocksTraffic(mode));
}

const OF_ROWS = /^(INSERT|UPDATE|DELETE|MERGE|COPY|SELECT)\b/;

/** It names the table, and is not about its rows. */
function likelihood({ record }: StatementTry, { table }: WholeTable): number {
  return Number(mentions(record.sql, table)) * 2 + Number(!OF_ROWS.test(record.command ?? ''));
}

/** From its sending to its answer, without its waits for locks. */
export function workMs({ record, waitMs }: StatementTry): number {
  return Math.max(0, record.respondedMs - record.sentMs - waitMs);
}
