import type { LostValues } from '../../../artifacts/records/of-plan/rollback-records.ts';
import type { PgClient } from '../../../pg/client.ts';
import type { Step } from '../../../plan/model.ts';
import { isNamedIn } from '../../drift/names-in.ts';
import { columnKey, isSameColumn, tableColumns, type TableColumn } from './tables.ts';

/** Values of the columns of before as they were when a step that may drop them was about to begin. */
export type Stock = Map<string, Values & { readonly step: string }>;

interface Values {
  /** That are not NULL. */
  readonly values: number;
  /** A digest where they are all the same one. */
  readonly only: string | null;
}

/** Counts what a step may take away: an SQL file that drops something, and columns that it names. */
export async function stockOf(
  step: Step,
  start: readonly TableColumn[],
  stock: Stock,
  client: PgClient,
): Promise<void> {
  const named = start.filter((column) => mayDrop(step, column));
  if (named.length === 0) return;
  const present = new Set((await tableColumns(client)).map(columnKey));
  const suspects = named.filter((column) => present.has(columnKey(column)));
  const now = new Map<string, TableColumn[]>();
  for (const column of suspects) now.set(column.relation, [...(now.get(column.relation) ?? []), column]);
  for (const [relation, columns] of now) {
    const looks = columns.map(({ name }) => valuesSql(client.escapeIdentifier(name), 'true'));
    const { rows } = await client.query<{ all: Values[] }>(
      `select jsonb_build_array(${looks.join(', ')}) as "all" from ${relation}`,
    );
    columns.forEach((column, at) => {
      const found = rows[0]?.all[at];
      if (found !== undefined) stock.set(columnKey(column), { ...found, step: step.name });
    });
  }
}

/** Values, which are alike where the lowest and the highest digest are the same. */
function valuesSql(value: string, isCounted: string): string {
  const digest = `hashtextextended(${value}::text, 0)`;
  return `jsonb_build_object('values', count(${value}) filter (where ${isCounted}),
            'only', case when min(${digest}) = max(${digest}) then min(${digest})::text end)`;
}

/** Of columns that were dropped and made anew: how many values of before they lack. */
export async function emptied(
  now: readonly TableColumn[],
  start: readonly TableColumn[],
  stock: Stock,
  client: PgClient,
): Promise<LostValues[]> {
  const lost: LostValues[] = [];
  for (const column of now) {
    const before = start.find((one) => columnKey(one) === columnKey(column));
    const known = stock.get(columnKey(column));
    if (before === undefined || known === undefined || isSameColumn(before, column)) continue;
    const value = client.escapeIdentifier(column.name);
    const written = column.constant === null ? 'true' : `${value} is distinct from (${column.constant})`;
    const { rows } = await client.query<{ found: Values }>(
      `select ${valuesSql(value, written)} as found from ${column.relation}`,
    );
    const found = rows[0]?.found ?? { values: 0, only: null };
    stock.delete(columnKey(column));
    const { table, name } = column;
    // One word for all of them tells nothing of what they were.
    const kept = found.only === null ? found.values : found.only === known.only ? known.values : 0;
    const count = Math.max(0, known.values - kept);
    lost.push({ table, column: name, count, since: known.step, isAtLeast: false });
  }
  return lost;
}

function mayDrop(step: Step, { table, name }: TableColumn): boolean {
  if (step.kind !== 'sql') return false;
  const short = table.split('.').at(-1) ?? table;
  return step.files.some(
    ({ text }) => /\bdrop\b/i.test(text) && isNamedIn([short], text) && isNamedIn([name], text),
  );
}
