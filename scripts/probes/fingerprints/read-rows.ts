import type { PgClient } from '../../pg/client.ts';
import type { HashedRows } from './compare-rows.ts';
import type { TableLook } from './plan-look.ts';

/** Of a table with more rows than about this every n-th is looked at, by the hash of its key, so that it is the same ones each time. */
const MOST_ROWS = 200_000;
const FETCH_ROWS = 2000;

/** One in so many rows. */
export async function shareOf({ relation }: TableLook, client: PgClient): Promise<number> {
  const { rows } = await client.query<{ rows: number }>(
    `select coalesce(sum(reltuples) filter (where reltuples > 0), 0)::float8 as rows from pg_catalog.pg_class
      where oid = $1::regclass or oid in (select relid from pg_catalog.pg_partition_tree($1::regclass) where isleaf)`,
    [relation],
  );
  return Math.max(1, Math.ceil((rows[0]?.rows ?? 0) / MOST_ROWS));
}

/** Streams the rows as hashes by a seed that nobody keeps: the server reads them, and no value leaves it. */
export async function readRows(
  { relation, key, gates, values }: TableLook,
  { oneIn, seed }: { readonly oneIn: number; readonly seed: string },
  client: PgClient,
): Promise<HashedRows> {
  const hash = (columns: readonly string[]): string =>
    columns.length === 0
      ? '0::int8'
      : `pg_catalog.hashtextextended(row(${columns.map((name) => client.escapeIdentifier(name)).join(', ')})::text, ${seed}::int8)`;
  const place = hash(key ?? values);
  const where = oneIn === 1 ? '' : ` where ${place} % ${oneIn} = 0`;
  const columns: [bigint[], bigint[], bigint[]] = [[], [], []];
  await client.query('begin read only');
  try {
    await client.query(
      `declare hashed no scroll cursor for select ${place}, ${hash(gates)}, ${key === null ? '0::int8' : hash(values)} from ${relation}${where}`,
    );
    for (;;) {
      const { rows } = await client.query<[string, string, string]>({
        text: `fetch ${FETCH_ROWS} from hashed`,
        rowMode: 'array',
      });
      for (const [one, gate, value] of rows) {
        columns[0].push(BigInt(one));
        columns[1].push(BigInt(gate));
        columns[2].push(BigInt(value));
      }
      if (rows.length < FETCH_ROWS) break;
    }
  } finally {
    await client.query('rollback');
  }
  const [keys, gatesRead, valuesRead] = columns.map((all) => BigInt64Array.from(all));
  const none = new BigInt64Array();
  return { keys: keys ?? none, gates: gatesRead ?? none, values: valuesRead ?? none };
}
