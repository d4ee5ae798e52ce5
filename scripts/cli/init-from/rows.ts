import type { PgClient } from '../../pg/client.ts';
import { sqlstateOf } from '../../pg/pg-error.ts';
import { quoted } from '../../pg/sql/statement-tree.ts';
import type { Column, Table } from './catalog.ts';
import { valueOf } from './values.ts';

/** So many in each table. */
export const GUESSED_ROWS = 10_000;

export interface FilledTable {
  readonly table: Table;
  /** Fills it. */
  readonly insert: string;
}

export interface GuessedRows {
  readonly filled: readonly FilledTable[];
  /** Names of tables that nobody could fill, and why not. */
  readonly empty: readonly { readonly table: Table; readonly why: string }[];
}

/** Fills each table of an empty schema with invented rows, those that others refer to first, and tells how. */
export async function fillTables(client: PgClient, tables: readonly Table[]): Promise<GuessedRows> {
  const filled: FilledTable[] = [];
  const empty: { table: Table; why: string }[] = [];
  for (const table of referredFirst(tables)) {
    const insert = insertRows(table, new Map(tables.map((one) => [one.sqlName, one])));
    try {
      if (insert === undefined) throw new Error('no value can be guessed for one of its columns');
      await client.query(insert);
      filled.push({ table: { ...table, hasRows: true }, insert });
    } catch (error) {
      const sqlstate = sqlstateOf(error);
      const why = sqlstate === undefined ? 'a column of it has a type of its own' : `SQLSTATE ${sqlstate}`;
      empty.push({ table, why });
    }
  }
  await client.query('analyze');
  return { filled, empty };
}

function insertRows(table: Table, tables: ReadonlyMap<string, Table>): string | undefined {
  const given = table.columns.flatMap((column) => {
    const isKey = isInKey(table, column);
    if (column.isGenerated || column.counts || (column.isFilled && !isKey)) return [];
    return [[column, valueInRow(table, column, 'i', tables)] as const];
  });
  if (given.some(([, value]) => value === undefined)) return undefined;
  if (given.length === 0)
    return `insert into ${table.sqlName} select from generate_series(1, ${GUESSED_ROWS});`;
  const names = given.map(([{ name }]) => quoted(name)).join(', ');
  const values = given.map(([, value]) => value).join(',\n       ');
  return `insert into ${table.sqlName} (${names})\nselect ${values}\n  from generate_series(1::bigint, ${GUESSED_ROWS}) i;`;
}

function isInKey({ primaryKey, foreignKeys }: Table, { name }: Column): boolean {
  return primaryKey.includes(name) || foreignKeys.some(({ columns }) => columns.includes(name));
}

/** Of a reference the value of the row that it refers to: the one of the same number. */
function valueInRow(
  table: Table,
  column: Column,
  i: string,
  tables: ReadonlyMap<string, Table>,
  seen: ReadonlySet<Table> = new Set(),
): string | undefined {
  const key = table.foreignKeys.find(({ columns }) => columns.includes(column.name));
  const target = key && tables.get(key.to);
  if (key === undefined || target === undefined)
    return column.counts ? `(${i})::${column.type}` : valueOf(column, i);
  const isCircle = target === table || seen.has(target);
  if (isCircle && column.isNullable) return 'null';
  const name = key.toColumns[key.columns.indexOf(column.name)];
  const other = target.columns.find((one) => one.name === name);
  if (other === undefined || (isCircle && target !== table)) return undefined;
  if (target === table) return other.counts ? `(${i})::${other.type}` : valueOf(other, i);
  return valueInRow(target, other, i, tables, new Set([...seen, table]));
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
