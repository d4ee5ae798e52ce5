import type { StatementRecord } from '../artifacts/records.ts';
import { blocksTraffic } from '../pg/lock-modes.ts';
import { formatMs } from '../shared/format.ts';

/** What the terminal tells while the run goes on; the report's figures are computed later, from the whole evidence. */
export class LiveFigures {
  #waitedMs = 0;
  #heldMs = 0;

  /** @param waitedMs the statement's own wait as far as it was seen */
  see(record: StatementRecord, waitedMs: number): void {
    this.#waitedMs = Math.max(this.#waitedMs, waitedMs);
    const blocks = record.newLocks.some(({ mode, existedBefore }) => existedBefore && blocksTraffic(mode));
    if (!blocks) return;
    this.#heldMs = Math.max(this.#heldMs, record.releasedMs - record.sentMs - waitedMs);
  }

  get summary(): string {
    return `waited ${formatMs(this.#waitedMs)}   held ${formatMs(this.#heldMs)}`;
  }
}
