import type { StatementRecord } from '../artifacts/records.ts';
import { formatMs } from '../shared/format.ts';

/** Modes that make ordinary reads or writes wait: those that conflict with ROW EXCLUSIVE (PostgreSQL's manual, table 13.2). */
const BLOCKING = new Set(['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']);

/** What the terminal tells while the run goes on; the report's figures are computed later, from the whole evidence. */
export class LiveFigures {
  #waitedMs = 0;
  #heldMs = 0;

  /** @param waitedMs the statement's own wait as far as it was seen */
  see(record: StatementRecord, waitedMs: number): void {
    this.#waitedMs = Math.max(this.#waitedMs, waitedMs);
    const blocks = record.newLocks.some(({ mode, existedBefore }) => existedBefore && BLOCKING.has(mode));
    if (!blocks) return;
    this.#heldMs = Math.max(this.#heldMs, record.releasedMs - record.sentMs - waitedMs);
  }

  get summary(): string {
    return `waited ${formatMs(this.#waitedMs)}   held ${formatMs(this.#heldMs)}`;
  }
}
