import { withConnection, type PgClient } from '../../pg/client.ts';
import type { StepContext } from '../context.ts';
import type { KeyRange } from './key-range.ts';

/** A transaction id: all that began before it were over when it was asked for. */
export type Xid = string;

export async function xidNow({ primary, signal }: Pick<StepContext, 'primary' | 'signal'>): Promise<Xid> {
  const sql = 'select pg_catalog.txid_snapshot_xmin(pg_catalog.txid_current_snapshot()) % 4294967296 as xid';
  const { rows } = await withConnection(
    primary,
    'setup',
    (client) => client.query<{ xid: string }>(sql),
    signal,
  );
  return rows[0]?.xid ?? '0';
}

/** Nobody has changed the row since. A view and a foreign table cannot tell. @param parameter that holds the xid, such as `$1` */
export function untouchedSince(parameter: string): string {
  return `pg_catalog.age(xmin) > pg_catalog.age(${parameter}::pg_catalog.text::pg_catalog.xid)`;
}

/** A connection of ours that finds the tables and types that the step's session finds, whoever that connects as. */
export async function lookLike(client: PgClient, { schemas }: Pick<KeyRange, 'schemas'>): Promise<void> {
  await client.query("select pg_catalog.set_config('search_path', $1, false)", [schemas]);
}
