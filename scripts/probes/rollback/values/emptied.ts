import type { LostValues } from '../../../artifacts/records/of-plan/rollback-records.ts';
import type { PgClient } from '../../../pg/client.ts';
import type { Step } from '../../../plan/model.ts';
import { isNamedIn } from '../../drift/names-in.ts';
import { columnKey, isSameColumn, tableColumns, type TableColumn } from './tables.ts';

/** Values of the columns of before as they were when a step that may drop them was about to begin. */
export type Stock = Map<string, { readonly values: number; readonly step: string }>;

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
    const counts = columns.map(({ name }, at) => `count(${client.escapeIdentifier(name)})::float8 as c${at}`);
    const { rows } = await client.query<Record<string, number>>(
      `select ${counts.join(', ')} from ${relation}`,
    );
    columns.forEach((column, at) => {
      stock.set(columnKey(column), { values: rows[0]?.[`c${at}`] ?? 0, step: step.name });
    });
  }
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
    const filled = column.constant === null ? '' : ` and ${value} is distinct from (${column.constant})`;
    const { rows } = await client.query<{ values: number }>(
      `select count(*) filter (where ${value} is not null${filled})::float8 as values from ${column.relation}`,
    );
    stock.delete(columnKey(column));
    const { table, name } = column;
    const count = Math.max(0, known.values - (rows[0]?.values ?? 0));
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
