import type { PgClient } from '../../../pg/client.ts';
import { sqlstateOf } from '../../../pg/pg-error.ts';
import type { Since } from './count-beyond.ts';
import type { KeyedRead } from './keyed-read.ts';

/** Of one statement. */
export const MOST_KEYS = 5_000;
/** Of one statement before the plan, when only what the app fails with by itself is to be known. */
const KEYS_BEFORE = 300;
/** A key is one row or a few; who waits for a lock or reads a whole table says nothing about them. */
export const LIMITS = `set default_transaction_read_only = on; set statement_timeout = '1s'; set lock_timeout = '1s'`;

/** What a statement finds rows by. */
export interface Key {
  readonly values: ReadonlyMap<number, string>;
  /** That have it. */
  readonly rows: number;
  /** How many of the deploys were before all of these rows. */
  readonly deploys: number;
}

/**
 * Those of rows that were written since the first of the deploys, each once, and one more than are asked where there are more;
 * without a deploy a sample of all. The session is left with LIMITS.
 * @throws what PostgreSQL says, and an Error of its own where it takes longer than 30 s
 */
export async function writtenKeys(read: KeyedRead, outs: readonly Since[], client: PgClient): Promise<Key[]> {
  const positions = [...read.keys.keys()];
  const columns = [...read.keys.values()].map((key) => client.escapeIdentifier(key));
  const list = columns.join(', ');
  const whole = `num_nulls(${list}) = 0`;
  const since = outs.map(({ sinceXid }) => `(age(xmin) <= age('${sinceXid}'::xid))::int4`).join(' + ');
  const pages = `select least(100, 1e5 / greatest(reltuples, 1)) from pg_catalog.pg_class
                  where oid = ${client.escapeLiteral(read.relation)}::pg_catalog.regclass`;
  const rows =
    outs.length === 0
      ? `select ${list}, 0 as deploys from ${read.relation} tablesample system ((${pages})) where ${whole} limit ${KEYS_BEFORE}`
      : `select ${list}, ${since} as deploys from ${read.relation} where ${whole} and ${since} > 0`;
  const texts = columns.map((column, at) => `${column}::pg_catalog.text as k${at}`).join(', ');
  await client.query(`set statement_timeout = '30s'`);
  try {
    const { rows: all } = await client.query<Record<string, string | number>>(
      `select ${texts}, count(*)::float8 as rows, min(deploys)::float8 as deploys from (${rows}) r
        group by ${list} order by deploys desc limit ${MOST_KEYS + 1}`,
    );
    return all.map((row) => ({
      values: new Map(positions.map((position, at) => [position, String(row[`k${at}`])])),
      rows: Number(row['rows']),
      deploys: Number(row['deploys']),
    }));
  } catch (cause) {
    if (sqlstateOf(cause) !== '57014') throw cause;
    throw new Error(`looking for the rows of ${read.relation} that were written took longer than 30 s`, {
      cause,
    });
  } finally {
    await client.query(LIMITS);
  }
}
