import type { OutsideLockRecord, StatementRecord } from '../../../artifacts/records/records.ts';
import { lastLookMs } from '../../../artifacts/records/sighting-records.ts';
import { groupBy } from '../../../shared/group-by.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';
import { OverlapIndex } from '../../../shared/intervals/overlap-index.ts';

/** Locks of one step as they were seen from outside: each statement finds those of its time without looking at the others. */
export class Sightings {
  readonly #byPid: ReadonlyMap<number, OverlapIndex<Interval & { readonly lock: OutsideLockRecord }>>;

  constructor(locks: readonly OutsideLockRecord[]) {
    const spans = locks.map((lock) => ({ lock, fromMs: lock.tMs, toMs: lastLookMs(lock) }));
    this.#byPid = new Map(
      [...groupBy(spans, ({ lock }) => lock.pid)].map(([pid, own]) => [pid, new OverlapIndex(own)]),
    );
  }

  /** Those of the statement's backend from the beginning of its transaction until it gave its locks back, in order of time. */
  of({ pid, sentMs, releasedMs }: StatementRecord, transactionSinceMs: number): OutsideLockRecord[] {
    const within = { fromMs: Math.min(transactionSinceMs, sentMs), toMs: releasedMs };
    const found = this.#byPid.get(pid)?.touching(within) ?? [];
    return found.map(({ lock }) => lock);
  }
}
