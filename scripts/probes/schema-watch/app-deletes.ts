import type { TableStock } from './table-stock.ts';

type Tables = ReadonlyMap<number, TableStock>;

/** An interval shorter than that says nothing about a rate. */
const SHORTEST_MS = 1000;
/** Statistics of a busy session come so late. */
const LATE_MS = 1000;
/** Traffic is no clockwork. */
const MARGIN = 2;

/** How fast each table loses rows while the app runs and no SQL of the plan does, as the intervals between looks have shown it so far. */
export class AppDeletes {
  readonly #perMs = new Map<number, number>();

  learn(before: Tables, now: Tables, ms: number): void {
    if (ms < SHORTEST_MS) return;
    for (const [oid, { deletedRows }] of now) {
      const rate = (deletedRows - (before.get(oid)?.deletedRows ?? deletedRows)) / ms;
      if (rate > (this.#perMs.get(oid) ?? 0)) this.#perMs.set(oid, rate);
    }
  }

  /** Rows of the table that the app may delete within `ms`. */
  within(oid: number, ms: number): number {
    return Math.ceil((this.#perMs.get(oid) ?? 0) * (ms + LATE_MS) * MARGIN);
  }
}
