import type { TableStock } from './table-stock.ts';

type Tables = ReadonlyMap<number, TableStock>;

/** An interval shorter than that says nothing about a rate. */
const SHORTEST_MS = 1000;
/** Statistics of a busy session come so late. */
const LATE_MS = 1000;
/** Traffic is no clockwork. */
const MARGIN = 2;
/** So many more where scripts delete at all, however seldom they were seen to. */
const LEAST_ROWS = 10;
const DELETES = /\b(delete|merge|truncate|call)\b/i;

/** How fast each table loses rows while the app runs and no SQL of the plan does, as the intervals between looks have shown it so far. */
export class AppDeletes {
  readonly #perMs = new Map<number, number>();

  readonly #leastRows: number;

  /** @param versions of the app, with the texts of their scripts */
  constructor(versions: readonly unknown[]) {
    this.#leastRows = DELETES.test(textOf(versions)) ? LEAST_ROWS : 0;
  }

  learn(before: Tables, now: Tables, ms: number): void {
    if (ms < SHORTEST_MS) return;
    for (const [oid, { deletedRows }] of now) {
      const rate = (deletedRows - (before.get(oid)?.deletedRows ?? deletedRows)) / ms;
      if (rate > (this.#perMs.get(oid) ?? 0)) this.#perMs.set(oid, rate);
    }
  }

  /** Rows of the table that the app may delete within `ms`. */
  within(oid: number, ms: number): number {
    return this.#leastRows + Math.ceil((this.#perMs.get(oid) ?? 0) * (ms + LATE_MS) * MARGIN);
  }
}

/** Numbers of pgbench's expressions are no JSON. */
function textOf(versions: readonly unknown[]): string {
  return JSON.stringify(versions, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}
