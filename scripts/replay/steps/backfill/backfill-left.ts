import { withConnection } from '../../../pg/client.ts';
import { assignedColumns } from '../../../plan/backfill-sql.ts';
import type { BackfillStep } from '../../../plan/model.ts';
import { plural } from '../../../shared/text/format.ts';
import type { StepContext } from '../../context.ts';
import { StepFailure } from '../step-failure.ts';

interface Left {
  /** Rows that match the condition, or where there is none, all. */
  readonly matching: number;
  /** Those of them without a key. */
  readonly withoutKey: number;
}

/**
 * Sees whether the backfill did what it is for, on a connection of ours that no setting of the step ends.
 * @param filled rows that it has updated
 * @throws StepFailure where rows still match `where`, or rows without a key were never reached
 */
export async function requireFilled(
  step: BackfillStep,
  filled: number,
  { primary, signal }: Pick<StepContext, 'primary' | 'signal'>,
): Promise<void> {
  const left = await withConnection(primary, 'setup', (client) => count(step, client), signal);
  const isOver = step.where === undefined || !(await changesCondition(step, step.where));
  // Rows that match before and after alike tell nothing, but that some were there and none was done.
  const undone = isOver ? (filled === 0 ? left.matching : left.withoutKey) : left.matching;
  if (undone > 0) throw notFilled(step, undone, left);
}

async function count(
  { table, key, where = 'true' }: BackfillStep,
  client: { query: (sql: string) => Promise<{ rows: unknown[] }> },
): Promise<Left> {
  const sql = `select count(*) as matching, count(*) filter (where ${key} is null) as without_key from ${table} where (${where}\n)`;
  const { rows } = await client.query(sql);
  const [row] = rows as { matching: string; without_key: string }[];
  return { matching: Number(row?.matching ?? 0), withoutKey: Number(row?.without_key ?? 0) };
}

/** Does the update write a column that its own condition reads? Then no row that was done matches any more. */
async function changesCondition({ set }: BackfillStep, where: string): Promise<boolean> {
  const read = new Set((where.match(/"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []).map(folded));
  return (await assignedColumns(set)).some((column) => read.has(column));
}

function folded(identifier: string): string {
  return identifier.startsWith('"')
    ? identifier.slice(1, -1).replaceAll('""', '"')
    : identifier.toLowerCase();
}

function notFilled({ table, key, where }: BackfillStep, undone: number, { withoutKey }: Left): StepFailure {
  const what = where === undefined ? 'were not filled' : 'still match its where';
  const nulls = withoutKey > 0 ? `, ${plural(withoutKey, 'row')} of them because ${key} is NULL` : '';
  return new StepFailure({
    sqlstate: null,
    message: `backfill of ${table}: ${plural(undone, 'row')} ${what} at its end${nulls}`,
    hint:
      withoutKey > 0
        ? `go along a key that is never NULL, such as the primary key`
        : 'fill what the app writes meanwhile too (dual writes or a trigger before the backfill), and let set make where false',
    file: null,
    line: null,
    excerpt: null,
  });
}
