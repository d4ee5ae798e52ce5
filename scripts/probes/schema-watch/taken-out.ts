import type { TableStock } from './table-stock.ts';

type Tables = ReadonlyMap<number, TableStock>;

/** A part of a table that is there still, and no longer in it. */
interface TakenOut {
  /** What it was a part of: `schema.name` of the topmost table. */
  readonly outOf: string;
  /** Parts that this one has instead, which may hold the same rows; for FROM. Null = none. */
  readonly countIn: string | null;
}

interface Around {
  readonly before: Tables;
  readonly now: Tables;
  /** Those of `now`. */
  readonly byName: ReadonlyMap<string, TableStock>;
}

/**
 * Whether a table is no longer a part of what it was a part of, by DETACH, NO INHERIT or because another table has the name of
 * the whole: who asks for that no longer finds its rows.
 */
export function takenOut(oid: number, { before, now, byName }: Around): TakenOut | undefined {
  const whole = before.get(wholeOf(oid, before));
  if (whole === undefined || whole.oid === oid) return undefined;
  const heir = byName.get(whole.name);
  if (heir === undefined || wholeOf(oid, now) === heir.oid) return undefined;
  const gained = [...now.values()].filter(
    (table) =>
      table.filenode !== null &&
      wholeOf(table.oid, now) === heir.oid &&
      wholeOf(table.oid, before) !== whole.oid,
  );
  return { outOf: whole.name, countIn: together(gained.map(({ quotedName }) => quotedName)) };
}

/** The topmost table that it is a part of; itself where it is none's. */
function wholeOf(oid: number, tables: Tables): number {
  return above(oid, tables).at(-1) ?? oid;
}

/** `schema.name` of each table that it is a part of, nearest first. */
export function namesAbove(oid: number, tables: Tables): string[] {
  return above(oid, tables).flatMap((each) => tables.get(each)?.name ?? []);
}

/** Whether it is a part of one of them, nearer or farther. */
export function isPartOfAny(wholes: ReadonlySet<number>, oid: number, tables: Tables): boolean {
  for (let at = tables.get(oid)?.parent ?? null; at !== null; at = tables.get(at)?.parent ?? null)
    if (wholes.has(at)) return true;
  return false;
}

/** Oids of the tables that it is a part of, nearest first. */
function above(oid: number, tables: Tables): number[] {
  const oids: number[] = [];
  for (let next = tables.get(oid)?.parent ?? null; next !== null; next = tables.get(next)?.parent ?? null)
    oids.push(next);
  return oids;
}

function together(names: readonly string[]): string | null {
  if (names.length === 0) return null;
  return `(${names.map((name) => `select 1 from only ${name}`).join(' union all ')}) gained`;
}
