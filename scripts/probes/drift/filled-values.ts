import { assignments } from '../../plan/backfill-sql.ts';
import type { BackfillStep } from '../../plan/model.ts';
import type { PgClient } from '../../pg/client.ts';

/** What a backfill fills, and how to count the rows that are other than it makes them. */
export interface FilledValues {
  readonly columns: readonly string[];
  readonly sql: string;
}

/** Rows of a table, and those of them that a backfill has done, or need not do, and that are other than its expression says. */
interface Counted {
  readonly rows: number;
  readonly other: number;
}

/** What is not counted by then is not compared: the plan must not wait for it. */
const LONGEST_LOOK_MS = 2_000;

/** Undefined where the SET list does not take one column at a time, or the catalog knows nothing of the table. */
export async function filledValues(
  { table, set, where }: BackfillStep,
  client: PgClient,
): Promise<FilledValues | undefined> {
  const assigned = await assignments(set);
  if (assigned === undefined || assigned.length === 0) return undefined;
  const columns = assigned.map(({ column }) => column);
  const { rows } = await client.query<{ name: string; type: string }>(
    `select attname as name, pg_catalog.format_type(atttypid, atttypmod) as type
       from pg_catalog.pg_attribute where attrelid = $1::regclass and attname = any ($2) and not attisdropped`,
    [table, columns],
  );
  // A value is stored as the column's type, so that it is compared as that.
  const differs = assigned.map(({ column, expression }) => {
    const type = rows.find(({ name }) => name === column)?.type;
    return type === undefined
      ? undefined
      : `${client.escapeIdentifier(column)} is distinct from (${expression}\n)::${type}`;
  });
  if (!differs.every((one) => one !== undefined)) return undefined;
  const due = where === undefined ? '' : `not coalesce((${where}\n), false) and `;
  const other = `count(*) filter (where ${due}(${differs.join(' or ')}))`;
  return { columns, sql: `select count(*)::float8 as rows, ${other}::float8 as other from ${table}` };
}

/** Undefined where the expression cannot be compared, or counting takes too long. */
export async function countOther({ sql }: FilledValues, client: PgClient): Promise<Counted | undefined> {
  try {
    await client.query(`set statement_timeout = ${LONGEST_LOOK_MS}`);
    const { rows } = await client.query<{ rows: number; other: number }>(sql);
    return rows[0];
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'severity' in error && error.severity === 'ERROR')
      return undefined;
    throw error;
  }
}
