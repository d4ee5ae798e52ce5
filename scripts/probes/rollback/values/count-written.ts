import type { PgClient } from '../../../pg/client.ts';
import type { TableColumn } from './tables.ts';

/** Where the values of a column come from: expressions over the other columns of its row that give the same. */
export interface Sources {
  readonly expressions: readonly string[];
  /** Columns that they name. */
  readonly columns: readonly string[];
}

/** So large a share of equal values is no chance, where there are more than two of them. */
const COPY_SHARE = 0.9;
const FEW_VALUES = 2;

/**
 * Columns of the same row that hold the same value: in every row that nobody wrote since, or in nearly all.
 * @param since 32-bit transaction id
 */
export async function copiesOf(
  column: TableColumn,
  others: readonly TableColumn[],
  since: string,
  client: PgClient,
): Promise<TableColumn[]> {
  if (others.length === 0) return [];
  const value = client.escapeIdentifier(column.name);
  const before = `age(xmin) > age('${since}'::xid)`;
  const same = others.map(({ name }, at) => {
    const equal = `${value}::text = ${client.escapeIdentifier(name)}::text`;
    return `count(*) filter (where ${equal})::float8 as all${at}, count(*) filter (where ${before} and ${equal})::float8 as old${at}`;
  });
  const { rows } = await client.query<Record<string, number>>(
    `select count(*)::float8 as everything, count(*) filter (where ${before})::float8 as older,
            (select count(*) from (select distinct ${value} from ${column.relation} where ${value} is not null limit ${FEW_VALUES + 1}) v)::float8 as variety,
            ${same.join(', ')}
       from ${column.relation} where ${value} is not null`,
  );
  const { everything = 0, older = 0, variety = 0, ...counts } = rows[0] ?? {};
  if (variety <= FEW_VALUES) return [];
  return others.filter((_, at) => {
    const isOldCopy = older > 0 && counts[`old${at}`] === older;
    return isOldCopy || (counts[`all${at}`] ?? 0) >= everything * COPY_SHARE;
  });
}

/** Those of the expressions that the table can still give; a column that is gone gives none. */
export async function usable(
  column: TableColumn,
  expressions: readonly string[],
  client: PgClient,
): Promise<string[]> {
  const good: string[] = [];
  for (const expression of expressions) {
    const asked = await client
      .query(`select ${differs(column, [expression], client)} from ${column.relation} limit 0`)
      .catch((error: unknown) => {
        if (error instanceof Error && 'severity' in error && error.severity === 'ERROR') return undefined;
        throw error;
      });
    if (asked !== undefined) good.push(expression);
  }
  return good;
}

/** Values that rows written since then hold, and of them those that no expression over the rest of the row gives. */
export async function countWritten(
  column: TableColumn,
  { expressions }: Sources,
  since: string,
  client: PgClient,
): Promise<{ readonly written: number; readonly own: number }> {
  const { rows } = await client.query<{ written: number; own: number }>(
    `select count(*)::float8 as written, count(*) filter (where ${differs(column, expressions, client)})::float8 as own
       from ${column.relation}
      where ${client.escapeIdentifier(column.name)} is not null and age(xmin) <= age('${since}'::xid)`,
  );
  return rows[0] ?? { written: 0, own: 0 };
}

export async function countRows(relation: string, since: string, client: PgClient): Promise<number> {
  const { rows } = await client.query<{ rows: number }>(
    `select count(*)::float8 as rows from ${relation} where age(xmin) <= age('${since}'::xid)`,
  );
  return rows[0]?.rows ?? 0;
}

/** The next transaction's id, in 32 bits, as xmin has it. */
export async function nextXid(client: PgClient): Promise<string> {
  const { rows } = await client.query<{ xid: string }>(
    `select (pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot()) % 4294967296)::text as xid`,
  );
  return rows[0]?.xid ?? '3';
}

function differs({ name, type }: TableColumn, expressions: readonly string[], client: PgClient): string {
  const value = client.escapeIdentifier(name);
  return ['true', ...expressions.map((one) => `${value} is distinct from (${one}\n)::${type}`)].join(' and ');
}
