import type { PgClient } from '../../pg/client.ts';
import { publicPgError } from '../../pg/pg-error.ts';
import { quoted } from '../../pg/sql/statement-tree.ts';
import type { Column, Table } from './catalog.ts';
import { valueOf } from './values.ts';

const MOST_ROWS = 100_000;
const FEWEST_ROWS = 1000;
/** Of all tables. */
const ALL_ROWS = 300_000;
/** So many rows refer to the same one. */
const ROWS_A_PARENT = 5;

export interface InventedRows {
  /** So many in each table. */
  readonly count: number;
  /** The INSERT of each, those that others refer to first. */
  readonly inserts: readonly string[];
  /** Tables that nobody could fill, and why not. */
  readonly empty: readonly { readonly table: Table; readonly why: string }[];
}

/** Fills each table of an empty schema with invented rows, and tells how. */
export async function fillTables(client: PgClient, tables: readonly Table[]): Promise<InventedRows> {
  const count = Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, Math.floor(ALL_ROWS / tables.length)));
  const inserts: string[] = [];
  const empty: { table: Table; why: string }[] = [];
  for (const table of referredFirst(tables)) {
    const insert = insertRows(table, new Map(tables.map((one) => [one.sqlName, one])), count);
    const why =
      insert === undefined ? 'a column has a type that no value is known for' : await tried(client, insert);
    if (why === undefined) inserts.push(insert ?? '');
    else empty.push({ table, why });
  }
  await client.query('analyze');
  return { count, inserts, empty };
}

/** Why it failed; undefined where it did not. */
async function tried(client: PgClient, insert: string): Promise<string | undefined> {
  try {
    await client.query(insert);
    return undefined;
  } catch (error) {
    return publicPgError(error).message.split('\n')[0];
  }
}

function insertRows(table: Table, tables: ReadonlyMap<string, Table>, count: number): string | undefined {
  const given = table.columns.flatMap((column) => {
    if (column.isGenerated || column.counts || (column.isFilled && !isInKey(table, column))) return [];
    return [[column, valueInRow(table, column, 'i', { tables, above: [] })] as const];
  });
  if (given.some(([, value]) => value === undefined)) return undefined;
  if (given.length === 0) return `insert into ${table.sqlName} select from generate_series(1, ${count});`;
  const names = given.map(([{ name }]) => quoted(name)).join(', ');
  const values = given.map(([, value]) => value).join(',\n       ');
  return `insert into ${table.sqlName} (${names})\nselect ${values}\n  from generate_series(1::bigint, ${count}) i;`;
}

function isInKey({ primaryKey, foreignKeys }: Table, { name }: Column): boolean {
  return primaryKey.includes(name) || foreignKeys.some(({ columns }) => columns.includes(name));
}

/** Of a reference the value of the row that it refers to; several rows refer to the same one where they may. */
function valueInRow(
  table: Table,
  column: Column,
  i: string,
  { tables, above }: { readonly tables: ReadonlyMap<string, Table>; readonly above: readonly Table[] },
): string | undefined {
  const keys = table.foreignKeys.filter(({ columns }) => columns.includes(column.name));
  const [key] = keys.sort((a, b) => b.columns.length - a.columns.length);
  const target = key && tables.get(key.to);
  if (key === undefined || target === undefined)
    return column.counts ? `(${i})::${column.type}` : valueOf(column, i);
  const isCircle = target === table || above.includes(target);
  if (isCircle) return column.isNullable ? 'null' : undefined;
  const other = target.columns.find(({ name }) => name === key.toColumns[key.columns.indexOf(column.name)]);
  if (other === undefined) return undefined;
  const isSingle = [table.primaryKey, ...table.unique].some((unique) =>
    unique.some((name) => key.columns.includes(name)),
  );
  const row = isSingle ? i : `(1 + (${i} - 1) / ${ROWS_A_PARENT})`;
  return valueInRow(target, other, row, { tables, above: [...above, table] });
}

function referredFirst(tables: readonly Table[]): Table[] {
  const byName = new Map(tables.map((table) => [table.sqlName, table]));
  const done = new Set<Table>();
  const visit = (table: Table, above: ReadonlySet<Table>): void => {
    if (done.has(table) || above.has(table)) return;
    for (const { to } of table.foreignKeys) {
      const other = byName.get(to);
      if (other !== undefined) visit(other, new Set([...above, table]));
    }
    done.add(table);
  };
  for (const table of tables) visit(table, new Set());
  return [...done];
}
