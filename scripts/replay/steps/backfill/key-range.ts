import type { PgClient } from '../../../pg/client.ts';
import type { BackfillStep } from '../../../plan/model.ts';

/** Key values travel as text and stay in memory: they are row values. */
export interface KeyRange {
  /** Type of the key column as a cast takes it, with its modifier and schema: `bigint`, `character(26)`, `app.code`. */
  readonly type: string;
  readonly min: string | null;
  /** The last key when the backfill began: rows that come later were written by an app that fills them itself. */
  readonly max: string | null;
  /** The planner's estimate; exact enough after the ANALYZE of the restore. */
  readonly estimatedRows: number;
}

/**
 * Rows whose key is NULL have no place along it. `pg_typeof` would forget the modifier: `character` alone is `character(1)`.
 * @throws the error of PostgreSQL when the table or the key is not there
 */
export async function readKeyRange(client: PgClient, step: BackfillStep): Promise<KeyRange> {
  const known = `${step.table} where ${step.key} is not null`;
  const { rows } = await client.query<{
    type: string | null;
    min: string | null;
    max: string | null;
    rows: string;
  }>(
    `select (select format_type(atttypid, atttypmod) from pg_attribute
              where attrelid = $1::regclass and attname = (parse_ident($2))[1]) as type,
            (select ${step.key} from ${known} order by ${step.key} limit 1)::text as min,
            (select ${step.key} from ${known} order by ${step.key} desc limit 1)::text as max,
            greatest((select reltuples from pg_class where oid = $1::regclass), 0)::bigint as rows`,
    [step.table, step.key],
  );
  const row = rows[0];
  return {
    type: row?.type ?? 'text',
    min: row?.min ?? null,
    max: row?.max ?? null,
    estimatedRows: Number(row?.rows ?? 0),
  };
}

export interface BatchEnd {
  readonly end: string;
  /** Rows from the last batch's end to this one's. */
  readonly covered: number;
  readonly walPosition: number;
}

/**
 * Where a batch of `size` rows after `after` (or from the start) ends: a walk along the key's index, whatever its gaps.
 * The last batch ends at the last key and covers what is left.
 */
export async function batchEnd(
  client: PgClient,
  step: BackfillStep,
  range: KeyRange,
  after: string | null,
  size: number,
): Promise<BatchEnd> {
  const rest = `from ${step.table} where ${step.key} <= $1::${range.type} ${after === null ? '' : `and ${step.key} > $2::${range.type}`}`;
  const { rows } = await client.query<{ end: string | null; covered: string | null; wal: string }>(
    `select (pg_current_wal_insert_lsn() - '0/0')::text as wal, "end",
            case when "end" is null then (select count(*) ${rest}) end as covered
       from (select (select k::text from (select ${step.key} as k ${rest} order by 1 offset ${size - 1} limit 1) at_end)
                    as "end" offset 0) found`,
    after === null ? [range.max] : [range.max, after],
  );
  const row = rows[0];
  return {
    end: row?.end ?? range.max ?? '',
    covered: Number(row?.covered ?? size),
    walPosition: Number(row?.wal ?? 0),
  };
}
