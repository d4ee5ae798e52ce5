import { withConnection, type PgClient } from '../../pg/client.ts';
import { assignedColumns, plainName } from '../../plan/backfill-sql.ts';
import type { BackfillStep } from '../../plan/model.ts';
import { plural } from '../../shared/text/format.ts';
import type { StepContext } from '../context.ts';
import { withoutKey } from './backfill-key.ts';
import type { KeyRange } from './key-range.ts';
import { lookLike, untouchedSince, type Xid } from './untouched.ts';
import { StepFailure } from '../session/step-failure.ts';

interface Left {
  /** Rows that match the condition, or where there is none, all. */
  readonly matching: number;
  /** Those of them without a key. */
  readonly withoutKey: number;
  /** Those of them without a key, or that nobody has changed since the step began. */
  readonly notReached: number;
}

/**
 * Sees whether the backfill did what it is for, on a connection of ours that no setting of the step ends.
 * @param since before the step
 * @throws StepFailure where rows still match `where`, or rows of those that it was to change are as they were
 */
export async function requireFilled(
  step: BackfillStep,
  { rows, range }: { readonly rows: number; readonly range?: KeyRange },
  since: Xid,
  { primary, signal }: Pick<StepContext, 'primary' | 'signal'>,
): Promise<void> {
  const look = async (client: PgClient): Promise<Left> => {
    if (range !== undefined) await lookLike(client, range);
    return await count(step, since, client);
  };
  const left = await withConnection(primary, 'setup', look, signal);
  const isOver = step.where === undefined || !(await changesCondition(step, step.where));
  // Rows that match before and after alike tell nothing by that, but that none was done, or that these are as they were.
  const undone = isOver ? (rows === 0 ? left.matching : left.notReached) : left.matching;
  if (undone > 0) throw notFilled(step, undone, left, isOver && rows > 0);
}

/** Whether a row of the table tells that it was to be changed and was not: a view's cannot, nor where an update to the same is none. */
const KEEPS = `
  select relkind in ('r', 'p') and not exists (
           select from pg_catalog.pg_trigger t
            where t.tgrelid in (select c.oid union all select h.inhrelid from pg_catalog.pg_inherits h where h.inhparent = c.oid)
              and t.tgfoid = 'pg_catalog.suppress_redundant_updates_trigger'::pg_catalog.regproc) as keeps
    from pg_catalog.pg_class c where oid = $1::pg_catalog.regclass`;

async function count(
  { table, key, where = 'true' }: BackfillStep,
  since: Xid,
  client: PgClient,
): Promise<Left> {
  const { rows: kinds } = await client.query<{ keeps: boolean }>(KEEPS, [table]);
  const isUntouched = kinds[0]?.keeps === true ? untouchedSince('$1') : '$1::pg_catalog.text is null';
  const { rows } = await client.query<{ matching: string; without_key: string; not_reached: string }>(
    `select count(*) as matching, count(*) filter (where ${withoutKey(key)}) as without_key,
            count(*) filter (where ${withoutKey(key)} or ${isUntouched}) as not_reached
       from ${table} where (${where}\n)`,
    [since],
  );
  const [row] = rows;
  return {
    matching: Number(row?.matching ?? 0),
    withoutKey: Number(row?.without_key ?? 0),
    notReached: Number(row?.not_reached ?? 0),
  };
}

/** Does the update write a column that its own condition reads? Then no row that was done matches any more. */
async function changesCondition({ set }: BackfillStep, where: string): Promise<boolean> {
  const read = new Set((where.match(/"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []).map(plainName));
  return (await assignedColumns(set)).some((column) => read.has(column));
}

function notFilled(step: BackfillStep, undone: number, left: Left, isPart: boolean): StepFailure {
  const { table, key, where } = step;
  const what = isPart || where === undefined ? 'were not filled' : 'still match its where';
  const which = key.length === 1 ? key.join('') : `one of ${key.join(', ')}`;
  const nulls =
    left.withoutKey > 0 ? `, ${plural(left.withoutKey, 'row')} of them because ${which} is NULL` : '';
  return new StepFailure({
    sqlstate: null,
    message: `backfill of ${table}: ${plural(undone, 'row')} ${what} at its end${nulls}`,
    hint: left.withoutKey > 0 ? OTHER_KEY : isPart ? KEPT_FROM_IT : WRITTEN_MEANWHILE,
    file: null,
    line: null,
    excerpt: null,
  });
}

const OTHER_KEY = 'Go along a key that is never NULL, such as the primary key.';
const KEPT_FROM_IT =
  'Look for what keeps rows from its UPDATE: row security of the role that it connects as, a BEFORE trigger that returns NULL, a rule.';
const WRITTEN_MEANWHILE =
  'Fill what the app writes meanwhile too (dual writes or a trigger before the backfill), and let set make where false.';
