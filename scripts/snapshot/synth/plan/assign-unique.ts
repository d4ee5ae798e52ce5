import { classOf } from '../expr/value.ts';
import type { UniqueSchema } from '../schema/table-schema.ts';
import { LinkPart } from './link-part.ts';
import type { Part } from './part.ts';
import type { TablePlan } from './table-plan.ts';

/** Rows that a partial unique index means are one for each of `part`: the others may not meet its predicate. */
export interface Guard {
  readonly unique: UniqueSchema;
  /** Undefined = one in the whole table. */
  readonly part: Part | undefined;
}

interface Assigned {
  readonly guards: readonly Guard[];
  /** What cannot be met, as sentences. */
  readonly mistakes: readonly string[];
  readonly notes: readonly string[];
}

/** From this share of the rows on, values are as good as all different. */
const NEARLY_ALL = 0.5;

/** Sees to it that what is unique in the schema is so in the rows, by how parts pick. */
export function assignUnique(table: TablePlan): Assigned {
  const guards: Guard[] = [];
  const mistakes: string[] = [];
  const notes: string[] = [];
  // Those that leave least choice first.
  const sets = table.schema.unique.toSorted(
    (a, b) =>
      Number(a.whereSql !== null) - Number(b.whereSql !== null) || a.columns.length - b.columns.length,
  );
  for (const unique of sets) {
    for (const name of unique.columns) {
      const column = table.column(name);
      if (column !== undefined) column.isKey = true;
    }
    const parts = partsOf(table, unique);
    if (parts.some((part) => isUniqueBy(part, unique))) continue;
    const guarded = unique.whereSql === null ? undefined : guardOf(table, unique, parts);
    if (guarded !== undefined) guards.push(guarded);
    else if (parts.length > 0) {
      const outcome = parts.length === 1 ? alone(table, unique, parts[0]) : together(table, unique, parts);
      if (outcome?.mistake !== undefined) mistakes.push(outcome.mistake);
      if (outcome?.note !== undefined) notes.push(outcome.note);
    }
  }
  return { guards, mistakes, notes };
}

function partsOf(table: TablePlan, { columns }: UniqueSchema): Part[] {
  return [...new Set(columns.flatMap((name) => table.column(name)?.part ?? []))];
}

/** Different in each row, with the columns of the index alone. */
function isUniqueBy(part: Part, unique: UniqueSchema): boolean {
  return part.isExact && tellsApart(part, unique);
}

/** Whether the index's columns of a part tell its picks apart: of a link, where they are a key of what it points to. */
function tellsApart(part: Part, { columns }: UniqueSchema): boolean {
  if (!(part instanceof LinkPart)) return true;
  if (part.fixed.length > 0) return false;
  const { foreignKey, parent } = part;
  const referenced = foreignKey.referenced.filter((_, at) => columns.includes(foreignKey.columns[at] ?? ''));
  return parent.schema.unique.some(
    (key) =>
      key.whereSql === null &&
      key.columns.length > 0 &&
      key.columns.every((name) => referenced.includes(name)),
  );
}

/** Undefined where the index may as well be met for all rows. */
function guardOf(table: TablePlan, unique: UniqueSchema, parts: readonly Part[]): Guard | undefined {
  const [only] = parts;
  if (parts.length === 0) return { unique, part: undefined };
  if (parts.some((part) => part.kind === 'plain' && share(table, part) >= NEARLY_ALL)) return undefined;
  const driver =
    parts.length === 1 ? only : parts.find((part) => tellsApart(part, unique) && part.by === undefined);
  if (driver === undefined || driver.by !== undefined || !tellsApart(driver, unique)) return undefined;
  driver.isDriver = true;
  return { unique, part: driver };
}

/** Of its values that are different, by the statistics. */
function share(table: TablePlan, part: Part): number {
  const [name = ''] = part.columns;
  const distinct = table.figures.columns.get(name)?.distinct ?? -1;
  return distinct < 0 ? -distinct : distinct / Math.max(1, table.figures.rows ?? 1);
}

interface Outcome {
  readonly mistake?: string;
  readonly note?: string;
}

function alone(table: TablePlan, unique: UniqueSchema, part: Part | undefined): Outcome | undefined {
  if (part === undefined) return undefined;
  if (part instanceof LinkPart && part.fixed.length > 0)
    return { mistake: cannot(table, unique, 'it goes by what another key sets') };
  if (part.by !== undefined || part.isDriver)
    return { mistake: cannot(table, unique, 'its columns are needed for another key as well') };
  part.isExact = true;
  return capped(table, unique, part.room());
}

/** Fewer rows where there are not as many different values. */
function capped(table: TablePlan, unique: UniqueSchema, room: number): Outcome | undefined {
  if (room >= table.rows) return undefined;
  if (room < 1) return { mistake: cannot(table, unique, 'there is nothing that it could hold') };
  const note = `${table.shown} has ${room} rows instead of ${table.rows}: ${unique.name} has no room for more.`;
  const isRounding = table.rows - room <= Math.max(1, table.rows / 1000);
  table.rows = room;
  return isRounding ? undefined : { note };
}

function together(table: TablePlan, unique: UniqueSchema, parts: readonly Part[]): Outcome | undefined {
  const free = parts.filter(
    (part) => part.by === undefined && part.digit === undefined && !part.isDriver && !part.isExact,
  );
  const exact = free
    .filter((part) => part.kind === 'plain' && mayDiffer(table, part) && share(table, part) >= NEARLY_ALL)
    .sort((a, b) => share(table, b) - share(table, a))
    .find((part) => {
      part.isExact = true;
      const fits = part.room() >= table.rows;
      part.isExact = fits;
      return fits;
    });
  if (exact !== undefined) return undefined;
  const drivers = parts.filter(
    (part) => part.by === undefined && part.digit === undefined && tellsApart(part, unique),
  );
  const pairs = drivers.flatMap((driver) =>
    free.filter((part) => part !== driver && isFixedBy(part, driver)).map((part) => ({ driver, part })),
  );
  // A column of its own counts on within the rows of the other part; the more different ones that has, the fewer it needs.
  pairs.sort(
    (a, b) =>
      Number(a.part.kind === 'link') - Number(b.part.kind === 'link') || b.driver.cells - a.driver.cells,
  );
  for (const { driver, part } of pairs) {
    const room = part.room();
    const needed = Math.ceil(table.rows / room);
    if (needed > driver.room()) continue;
    driver.cells = Math.max(driver.cells, needed);
    driver.most = Math.min(driver.most, room);
    driver.isDriver = true;
    part.by = driver;
    return undefined;
  }
  return combined(table, unique, free, parts);
}

/** A link that goes by what others set has as many to choose from as they leave it. */
function isFixedBy(part: Part, driver: Part): boolean {
  return !(part instanceof LinkPart) || part.fixed.length === 0 || driver instanceof LinkPart;
}

function mayDiffer(table: TablePlan, part: Part): boolean {
  const type = table.column(part.columns[0] ?? '')?.schema.type;
  return type !== undefined && type.kind === 'base' && classOf(type.name) !== 'bool';
}

/** All combinations one after the other, where no part has enough by itself. */
function combined(
  table: TablePlan,
  unique: UniqueSchema,
  free: readonly Part[],
  parts: readonly Part[],
): Outcome | undefined {
  const [first, ...others] = free.filter((part) => !(part instanceof LinkPart && part.fixed.length > 0));
  if (first === undefined || free.length < parts.length)
    return { mistake: cannot(table, unique, 'its columns are needed for other keys as well') };
  let combinations = 1;
  for (const part of [first, ...others]) {
    part.cells = part.room();
    part.digit = { divide: combinations, of: first };
    combinations = Math.min(Number.MAX_SAFE_INTEGER, combinations * part.cells);
  }
  return capped(table, unique, combinations);
}

function cannot({ shown }: TablePlan, { name }: UniqueSchema, why: string): string {
  return `the unique index ${name} of ${shown} cannot be met: ${why}`;
}
