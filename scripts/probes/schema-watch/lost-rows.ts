import type { LostRows } from '../../artifacts/records/of-plan/schema-records.ts';
import type { TableStock } from './table-stock.ts';
import { namesAbove, takenOut } from './taken-out.ts';

type Tables = ReadonlyMap<number, TableStock>;

/** A table whose rows may be gone, and where to count what is left of them. */
export interface Suspect {
  /** As it was before the plan. */
  readonly table: TableStock;
  readonly how: LostRows['how'];
  /** What is called so now, quoted, or what came in its stead; null = nothing did. */
  readonly countIn: string | null;
  /** Of what it was a part of, `schema.name`. */
  readonly outOf?: string;
  /** What it is or was a part of, before the step and behind it: `schema.name`, nearest first. */
  readonly partOf: readonly string[];
  /** What is called so now, where that is another table. */
  readonly heir: TableStock | null;
  /** Rows more (or fewer) than before the plan that were there when the step began, at least. */
  readonly changedRows: number;
  /** So many may be missing that the plan did not take: the app's own deletes, and what an estimate is wrong by. */
  readonly slackRows: number;
  /** Rows that the step deleted, where that alone makes it suspect. */
  readonly deletedRows: number | null;
}

/** Looks at the tables: before the plan, right before the step, and behind it. */
interface Looks {
  readonly start: Tables;
  /** Those of `start` that the plan can have changed; absent = all. */
  readonly concerned?: Tables;
  readonly before: Tables;
  readonly now: Tables;
  /** Rows of a table, by oid, that the app may have deleted meanwhile. */
  readonly appDeletes: (oid: number) => number;
}

/**
 * Tables of `start` that were dropped, made anew, replaced by another of their name, given new storage (TRUNCATE, but also a
 * rewrite), that rows were deleted from, or that were taken out of what they were a part of, between two looks. Only a count tells which of them have lost their rows.
 */
export function suspects({ start, concerned = start, before, now, appDeletes }: Looks): Suspect[] {
  const byName = new Map([...now.values()].map((table) => [table.name, table]));
  return [...concerned.values()].flatMap((table): Suspect[] => {
    const was = before.get(table.oid);
    if (was === undefined || was.filenode === null) return [];
    const is = now.get(table.oid);
    const heir = byName.get(was.name);
    if (is !== undefined && is === heir && isAsBefore(was, is) && !start.has(was.parent ?? 0)) return [];
    const partOf = [...new Set([before, now].flatMap((tables) => namesAbove(table.oid, tables)))];
    const known = { table, partOf, ...knownOf(table, was, appDeletes(table.oid)), deletedRows: null };
    if (is === undefined) {
      // A table that was put aside by an earlier step has its rows in what took its name then.
      const late = was.name === table.name ? undefined : byName.get(table.name);
      const slackRows = late === undefined ? known.slackRows : rowsOf(table) * (1 - COPIED_SHARE);
      const one = heir ?? late ?? null;
      return [{ ...known, slackRows, how: one === null ? 'dropped' : 'made-anew', ...counted(one) }];
    }
    if (heir !== undefined && heir.oid !== was.oid) return [{ ...known, how: 'replaced', ...counted(heir) }];
    const here = { ...known, how: 'emptied', countIn: is.quotedName, heir: null } as const;
    if (is.filenode !== was.filenode) return [here];
    const deletedRows = is.deletedRows - was.deletedRows - appDeletes(table.oid);
    if (deletedRows >= Math.max(1, rowsOf(table) * DELETED_SHARE)) return [{ ...here, deletedRows }];
    const taken = start.has(was.parent ?? 0) ? takenOut(table.oid, { before, now, byName }) : undefined;
    return taken === undefined ? [] : [{ ...known, how: 'taken-out', heir: null, ...taken }];
  });
}

/** As nearly all tables are around a step. */
function isAsBefore(was: TableStock, is: TableStock): boolean {
  return is.filenode === was.filenode && is.deletedRows === was.deletedRows;
}

function counted(heir: TableStock | null): Pick<Suspect, 'countIn' | 'heir'> {
  return { countIn: heir?.quotedName ?? null, heir };
}

/** ANALYZE reads so many pages (300 for each unit of default_statistics_target) and guesses beyond. */
const PAGES_ANALYZED = 30_000;
const GUESS_SHARE = 0.01;

function knownOf(
  table: TableStock,
  was: TableStock,
  deletes: number,
): Pick<Suspect, 'changedRows' | 'slackRows'> {
  const isCounted = was.recounts === table.recounts;
  const changedRows = isCounted ? was.liveRows - table.liveRows : table.deletedRows - was.deletedRows;
  const guessed = table.pages > PAGES_ANALYZED ? rowsOf(table) * GUESS_SHARE : 0;
  return { changedRows, slackRows: deletes + guessed };
}

/** Before the plan. */
export function rowsOf({ estimatedRows, liveRows }: TableStock): number {
  return estimatedRows > 0 ? estimatedRows : liveRows;
}

/** From so many on, deleted rows are worth a count. */
const DELETED_SHARE = 0.01;
/** Up to so much of a table may be left of one that was emptied: the app writes into it meanwhile. */
const LEFT_SHARE = 0.1;
/** So much of a table too large to be counted must be in the one that took its name: somebody copied it. */
const COPIED_SHARE = 0.9;
const MOST_COUNTED = 1_000_000;
/** Up to so many rows each one is counted. */
const MOST_COUNTED_EACH = 5_000_000;

/** How many rows must be found for the suspicion to be wrong; nothing beyond them is counted. */
export function rowsThatRefute({ table, how, changedRows, slackRows, deletedRows }: Suspect): number {
  const rows = Math.max(0, rowsOf(table) + changedRows);
  if (deletedRows === null && rows <= MOST_COUNTED_EACH) return Math.ceil(Math.max(0, rows - slackRows));
  const share = how === 'emptied' ? LEFT_SHARE : COPIED_SHARE;
  return Math.min(MOST_COUNTED, Math.floor(rows * share) + 1);
}

/** Fewer rows than these are none of those that were there before, but the app's since. */
export function rowsOfTheApp({ table, changedRows }: Suspect): number {
  return Math.max(0, rowsOf(table) + changedRows) * LEFT_SHARE;
}
