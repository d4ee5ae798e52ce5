import type { PgClient } from '../../../pg/client.ts';
import { publicPgError } from '../../../pg/pg-error.ts';
import { quoted } from '../../../pg/sql/statement-tree.ts';
import type { ForeignKey, Table } from './catalog.ts';
import { isReference, type SettledValues } from './settle-values.ts';

const MOST_ROWS = 100_000;
const FEWEST_ROWS = 1000;
/** Of the tables that the change is about, and of their neighbours. */
const NEAR_ROWS = 300_000;
/** Of all others. */
const OTHER_ROWS = 60_000;
/** So many rows refer to the same one. */
const ROWS_A_PARENT = 5;
/** Every so manieth row has null where it may. */
const NULL_EVERY = 10;
const INSERT_LIMIT = '60s';

export interface InventedRows {
  /** Most in one table. */
  readonly most: number;
  /** The INSERT of each, those that others refer to first. */
  readonly inserts: readonly string[];
  /** Tables that nobody could fill, and why not. */
  readonly empty: readonly { readonly table: Table; readonly why: string }[];
}

interface Known {
  readonly values: SettledValues;
  readonly tables: ReadonlyMap<string, Table>;
  /** Names of tables that have rows. */
  readonly filled: Set<string>;
}

/**
 * Adds invented rows to each table, and tells how: to those that the change is about, and their neighbours, more than to others.
 * @param near those that the change is about, and their neighbours
 */
export async function fillTables(
  client: PgClient,
  tables: readonly Table[],
  { near, values }: { readonly near: readonly Table[]; readonly values: SettledValues },
): Promise<InventedRows> {
  const filled = new Set(tables.filter(({ hasRows }) => hasRows).map(({ sqlName }) => sqlName));
  const known = { values, filled, tables: new Map(tables.map((one) => [one.sqlName, one])) };
  const close = near.length === 0 ? tables : near;
  const [closeRows, otherRows] = [share(NEAR_ROWS, close), share(OTHER_ROWS, tables)];
  const inserts: string[] = [];
  const empty: { table: Table; why: string }[] = [];
  await client.query(`set statement_timeout = '${INSERT_LIMIT}'`);
  for (const table of referredFirst(tables)) {
    const tried = await fill(client, table, known, close.includes(table) ? closeRows : otherRows);
    if ('insert' in tried) inserts.push(tried.insert);
    else if (!table.hasRows) empty.push({ table, why: tried.why });
  }
  await client.query('reset statement_timeout; analyze');
  return { most: Math.max(closeRows, otherRows), inserts, empty };
}

function share(rows: number, tables: readonly Table[]): number {
  return Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, Math.floor(rows / Math.max(1, tables.length))));
}

/** As many rows as asked with some nulls, else without, else fewer. */
async function fill(
  client: PgClient,
  table: Table,
  known: Known,
  count: number,
): Promise<{ readonly insert: string } | { readonly why: string }> {
  let why = '';
  for (const [rows, hasNulls] of [
    [count, true],
    [count, false],
    [FEWEST_ROWS, false],
  ] as const) {
    const made = insertRows(table, known, { rows, hasNulls });
    if ('why' in made) return made;
    try {
      const { rowCount } = await client.query(made.insert);
      if ((rowCount ?? 0) > 0) known.filled.add(table.sqlName);
      return (rowCount ?? 0) > 0 ? made : { why: 'each row is refused by a unique key' };
    } catch (error) {
      why = publicPgError(error).message.split('\n')[0] ?? '';
    }
  }
  return { why };
}

function insertRows(
  table: Table,
  known: Known,
  { rows, hasNulls }: { readonly rows: number; readonly hasNulls: boolean },
): { readonly insert: string } | { readonly why: string } {
  const given: (readonly [column: string, value: string])[] = [];
  const settled = known.values.get(table.oid);
  for (const column of table.columns) {
    const one = settled?.get(column.name);
    if (column.isGenerated || column.counts || one?.isDefault === true || isReference(table, column))
      continue;
    if (one?.value === undefined) {
      if (!column.isNullable)
        return { why: `no value is known for its column ${quoted(column.name)} of type ${column.type}` };
      continue;
    }
    const value = one.value('i');
    const isKey = table.primaryKey.includes(column.name);
    given.push([
      column.name,
      hasNulls && one.mayBeNull && !isKey ? `case when i % ${NULL_EVERY} <> 0 then ${value} end` : value,
    ]);
  }
  const joins: string[] = [];
  for (const key of separateKeys(table)) {
    if (!known.filled.has(key.to) || key.to === table.sqlName) {
      if (!mayBeLeftOut(table, key))
        return {
          why: `it refers to ${key.to}, which ${key.to === table.sqlName ? 'is itself' : 'is empty'}`,
        };
      continue;
    }
    const alias = `p${joins.length + 1}`;
    joins.push(joinOf(table, key, { alias, isFirst: joins.length === 0 }));
    for (const [index, name] of key.columns.entries())
      given.push([name, `${alias}.${quoted(key.toColumns[index] ?? '')}`]);
  }
  const names = given.map(([name]) => quoted(name)).join(', ');
  const values = given.map(([, value]) => value).join(',\n       ');
  const from = [`  from generate_series(1::bigint, ${rows}) i`, ...joins].join('\n');
  const into = given.length === 0 ? table.sqlName : `${table.sqlName} (${names})`;
  return { insert: `insert into ${into}\nselect ${values}\n${from}\n    on conflict do nothing;` };
}

/** Longest first; of those that share a column the first, as nobody knows which rows fit both. */
function separateKeys({ foreignKeys }: Table): ForeignKey[] {
  const taken = new Set<string>();
  return [...foreignKeys]
    .sort((a, b) => b.columns.length - a.columns.length)
    .filter(({ columns }) => {
      const isFree = columns.every((name) => !taken.has(name));
      if (isFree) for (const name of columns) taken.add(name);
      return isFree;
    });
}

/** The row that is referred to: several refer to the same one where they may. */
function joinOf(
  table: Table,
  { columns, to, toColumns }: ForeignKey,
  { alias, isFirst }: { readonly alias: string; readonly isFirst: boolean },
): string {
  const isSingle = [table.primaryKey, ...table.unique].some(
    (unique) => unique.length > 0 && unique.every((name) => columns.includes(name)),
  );
  const place = isFirst ? `((i - 1) / ${ROWS_A_PARENT})` : '(i - 1)';
  const names = toColumns.map(quoted).join(', ');
  const numbered = `(select ${names}, row_number() over (order by ${names}) as place from ${to}) ${alias}`;
  const nth = isSingle ? 'i' : `1 + ${place} % (select count(*) from ${to})`;
  return `  join ${numbered} on ${alias}.place = ${nth}`;
}

/** Those that others refer to first; in a circle that which may do without for now. */
function referredFirst(tables: readonly Table[]): Table[] {
  const names = new Set(tables.map(({ sqlName }) => sqlName));
  const ordered: Table[] = [];
  const left = new Set(tables);
  const isReady = (table: Table, isOptional: boolean): boolean =>
    table.foreignKeys.every(
      (key) =>
        key.to === table.sqlName ||
        !names.has(key.to) ||
        ordered.some(({ sqlName }) => sqlName === key.to) ||
        (isOptional && mayBeLeftOut(table, key)),
    );
  while (left.size > 0) {
    const rest = [...left];
    const next = rest.find((one) => isReady(one, false)) ?? rest.find((one) => isReady(one, true)) ?? rest[0];
    if (next === undefined) break;
    left.delete(next);
    ordered.push(next);
  }
  return ordered;
}

function mayBeLeftOut({ columns }: Table, key: ForeignKey): boolean {
  return key.columns.every((name) => columns.find((column) => column.name === name)?.isNullable === true);
}
