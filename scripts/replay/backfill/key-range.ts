import type { PgClient } from '../../pg/client.ts';
import type { BackfillStep } from '../../plan/model.ts';
import { BackfillKey, type Condition, type Position } from './backfill-key.ts';
import { readKeyColumns } from './key-columns.ts';

export interface KeyRange {
  readonly key: BackfillKey;
  /** Undefined where no row has a key. */
  readonly ends: Ends | undefined;
  /** The planner's estimate; exact enough after the ANALYZE of the restore. */
  readonly estimatedRows: number;
  /** Where the step's session finds its table; as search_path takes it. */
  readonly schemas: string;
}

/** Of a table that has rows with a key. */
export type KnownRange = KeyRange & { readonly ends: Ends };

interface Ends {
  readonly min: Position;
  /** The last key when the backfill began: rows that come later were written by an app that fills them itself. */
  readonly max: Position;
}

const FACTS = `
  with recursive tree as (
    select $1::pg_catalog.regclass::pg_catalog.oid as oid
    union select h.inhrelid from pg_catalog.pg_inherits h join tree on tree.oid = h.inhparent)
  select (select pg_catalog.sum(greatest(c.reltuples, 0))::bigint
            from tree join pg_catalog.pg_class c on c.oid = tree.oid and c.relkind <> 'p') as rows,
         (select pg_catalog.string_agg(pg_catalog.quote_ident(name), ', ' order by place)
            from pg_catalog.unnest(pg_catalog.current_schemas(false)) with ordinality s (name, place)) as schemas`;

/** @throws the error of PostgreSQL when the table or a column of the key is not there */
export async function readKeyRange(client: PgClient, step: BackfillStep): Promise<KeyRange> {
  const key = new BackfillKey(await readKeyColumns(client, step.table, step.key));
  const min = await edge(client, step, key, key.order);
  const max = await edge(client, step, key, key.reversed);
  const { rows } = await client.query<{ rows: string | null; schemas: string | null }>(FACTS, [step.table]);
  return {
    key,
    ends: min === undefined || max === undefined ? undefined : { min, max },
    estimatedRows: Number(rows[0]?.rows ?? 0),
    schemas: rows[0]?.schemas ?? '',
  };
}

async function edge(
  client: PgClient,
  { table }: BackfillStep,
  key: BackfillKey,
  order: string,
): Promise<Position | undefined> {
  const { rows } = await client.query<Record<string, unknown>>(
    key.positions(`from ${table} where ${key.isKnown} order by ${order} limit 1`),
  );
  return key.positionOf(rows[0]);
}

/** Rows behind `after`, or from the first one on where that is null, up to and with `end`. */
export function between({ key, ends }: KnownRange, after: Position | null, end: Position): Condition {
  return key.between(
    after === null ? { at: ends.min, isIncluded: true } : { at: after, isIncluded: false },
    end,
  );
}
