import type { LostRows } from '../../artifacts/records/schema-records.ts';
import type { TableStock } from './table-stock.ts';

type Tables = ReadonlyMap<number, TableStock>;

/** A table whose rows may be gone, and where to count what is left of them. */
export interface Suspect {
  /** As it was before the plan. */
  readonly table: TableStock;
  readonly how: LostRows['how'];
  /** What is called so now, quoted; null = nothing is. */
  readonly countIn: string | null;
}

/**
 * Tables of `start` that were dropped, made anew, replaced by another of their name, given new storage (TRUNCATE, but also a rewrite), or that most rows were
 * deleted from, between two looks. Only a count tells which of them have lost their rows.
 */
export function suspects(start: Tables, before: Tables, now: Tables): Suspect[] {
  const byName = new Map([...now.values()].map((table) => [table.name, table]));
  return [...start.values()].flatMap((table): Suspect[] => {
    const was = before.get(table.oid);
    if (was === undefined || was.filenode === null) return [];
    const is = now.get(table.oid);
    if (is === undefined) {
      const heir = byName.get(was.name);
      return [
        { table, how: heir === undefined ? 'dropped' : 'made-anew', countIn: heir?.quotedName ?? null },
      ];
    }
    const heir = byName.get(was.name);
    if (heir !== undefined && heir.oid !== was.oid)
      return [{ table, how: 'replaced', countIn: heir.quotedName }];
    const isDeleted = is.deletedRows - was.deletedRows >= Math.max(1, table.estimatedRows / 2);
    if (is.filenode === was.filenode && !isDeleted) return [];
    return [{ table, how: 'emptied', countIn: is.quotedName }];
  });
}

/** Up to so much of a table may be left of one that was emptied: the app writes into it meanwhile. */
const LEFT_SHARE = 0.1;
/** So much of a table must be in the one that took its name: somebody copied it. */
const COPIED_SHARE = 0.9;
const MOST_COUNTED = 1_000_000;

/** How many rows must be found for the suspicion to be wrong; nothing beyond them is counted. */
export function rowsThatRefute({ table, how }: Suspect, rows = table.estimatedRows): number {
  const share = how === 'emptied' ? LEFT_SHARE : COPIED_SHARE;
  return Math.min(MOST_COUNTED, Math.floor(rows * share) + 1);
}
