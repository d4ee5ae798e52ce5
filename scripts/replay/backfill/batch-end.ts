import type { PgClient } from '../../pg/client.ts';
import type { BackfillStep } from '../../plan/model.ts';
import { isSamePosition, type Position } from './backfill-key.ts';
import { between, type KnownRange } from './key-range.ts';

export interface BatchEnd {
  readonly end: Position;
  /** No row is behind it. */
  readonly isLast: boolean;
  /** Rows from the last batch's end to this one's. */
  readonly covered: number;
  readonly walPosition: number;
}

/** Along the key of a step's table. */
interface Walk {
  readonly client: PgClient;
  readonly step: Pick<BackfillStep, 'table'>;
  readonly range: KnownRange;
}

/**
 * Where a batch of `size` rows after `after` (or from the start) ends: a walk along the key's index, whatever its gaps.
 * The last batch ends at the last key and covers what is left.
 */
export async function batchEnd(
  { client, step: { table }, range }: Walk,
  after: Position | null,
  size: number,
): Promise<BatchEnd> {
  const { key, ends } = range;
  const { sql, values } = between(range, after, ends.max);
  const rest = `from ${table} where ${sql}`;
  const found = key.positions(`${rest} order by ${key.order} offset ${size - 1} limit 1`);
  const { rows } = await client.query<{ wal: string; covered: string | null }>(
    `select (pg_catalog.pg_current_wal_insert_lsn() - '0/0')::text as wal, found.*,
            case when found is null then (select pg_catalog.count(*) ${rest}) end as covered
       from (select) one left join (${found}) found on true`,
    [...values],
  );
  const [row] = rows;
  const end = key.positionOf(row);
  return {
    end: end ?? ends.max,
    isLast: end === undefined || isSamePosition(end, ends.max),
    covered: Number(row?.covered ?? size),
    walPosition: Number(row?.wal ?? 0),
  };
}
