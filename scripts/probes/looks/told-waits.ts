import { POLL_MS } from '../../artifacts/polling.ts';
import { firstAbove } from '../../shared/intervals/overlap-index.ts';

/** What was told of is asked for again within this time. */
const KEPT_MS = 60_000;

/** When looks told of whom: of a wait of the app for a row, which no look told of, nothing follows. Times are those of the run. */
export class ToldWaits {
  readonly #looks = new Map<number, number[]>();

  /** A look at `tMs` told of these. */
  add(pids: Iterable<number>, tMs: number): void {
    for (const pid of pids) {
      const own = this.#looks.get(pid);
      if (own === undefined) this.#looks.set(pid, [tMs]);
      else own.push(tMs);
    }
  }

  /** Whether one told of that session within that time, or right before or behind it. */
  has(pid: number, fromMs: number, toMs: number): boolean {
    const own = this.#looks.get(pid);
    if (own === undefined) return false;
    const last = own[firstAbove(own, toMs + POLL_MS, (tMs) => tMs) - 1];
    return last !== undefined && last >= fromMs - POLL_MS;
  }

  /** @param nowMs nobody asks any more for what had ended a while before */
  forget(nowMs: number): void {
    for (const [pid, own] of this.#looks) {
      const kept = own.slice(firstAbove(own, nowMs - KEPT_MS, (tMs) => tMs));
      if (kept.length === 0) this.#looks.delete(pid);
      else if (kept.length < own.length) this.#looks.set(pid, kept);
    }
  }
}
