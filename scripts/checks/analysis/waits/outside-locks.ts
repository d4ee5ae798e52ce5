import type { OutsideLockRecord } from '../../../artifacts/records/records.ts';
import { lastLookMs } from '../../../artifacts/records/sighting-records.ts';
import { groupBy } from '../../../shared/group-by.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';
import { LONGEST_LOOK_MS, POLL_MS } from '../../../artifacts/polling.ts';

/** A lock of the migration from its grant to its release. */
export interface LockSpan extends Interval {
  readonly relation: string;
  readonly mode: string;
  /** The topmost table or index that the relation is a part of. */
  readonly partitionOf?: string;
}

/** The probe names a relation so when nobody else can see it yet. */
const UNSEEN = /^oid \d+$/;

/**
 * Locks seen from outside within `within`, one span for each time a backend held one: it was released and taken again where
 * no look saw it for longer than between two looks. Its ends lie between two polls: half a poll is added on each side of those
 * that saw it. Relations that only the migration can see are left out.
 */
export function outsideLocks(records: readonly OutsideLockRecord[], within: Interval): LockSpan[] {
  const granted = records.filter(
    (lock) =>
      lock.granted &&
      lastLookMs(lock) >= within.fromMs &&
      lock.tMs <= within.toMs &&
      !UNSEEN.test(lock.relation),
  );
  const spans: LockSpan[] = [];
  for (const seen of groupBy(granted, ({ pid, relation, mode }) => `${pid} ${mode} ${relation}`).values()) {
    spans.push(...spansOf(seen, within));
  }
  return spans.sort((a, b) => a.fromMs - b.fromMs || a.relation.localeCompare(b.relation));
}

function spansOf(seen: readonly OutsideLockRecord[], within: Interval): LockSpan[] {
  const spans: LockSpan[] = [];
  let first: OutsideLockRecord | undefined;
  let last: OutsideLockRecord | undefined;
  const close = (): void => {
    if (first === undefined || last === undefined) return;
    spans.push({
      relation: first.relation,
      mode: first.mode,
      fromMs: Math.max(within.fromMs, first.tMs - POLL_MS / 2),
      toMs: Math.min(within.toMs, lastLookMs(last) + POLL_MS / 2),
    });
  };
  for (const record of seen) {
    if (last !== undefined && record.tMs - lastLookMs(last) > LONGEST_LOOK_MS) {
      close();
      first = undefined;
    }
    first ??= record;
    if (last === undefined || first === record || lastLookMs(record) >= lastLookMs(last)) last = record;
  }
  close();
  return spans;
}
