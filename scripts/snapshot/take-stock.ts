import type pg from 'pg';
import type { SnapshotRecord } from '../artifacts/records/records.ts';
import { RehearsalError } from '../shared/errors.ts';
import { readNearEnds } from './columns/near-ends.ts';
import { readRowKeys } from './text/row-keys.ts';

type Stock = Pick<SnapshotRecord, 'bytes' | 'tables' | 'keys' | 'owners' | 'extensions' | 'nearEnds'>;
type TableStock = Stock['tables'][number];

/** Above so many rows, counting takes longer than the answer is worth: ANALYZE's estimate is given. */
const MOST_COUNTED_ROWS = 5_000_000;

interface TableRow {
  schema: string;
  name: string;
  estimate: number;
  /** bigint, as text. */
  bytes: string;
}

/**
 * Brings a restored database into the state of one that has been in use (statistics, visibility map, all of it on disk), and
 * counts what is in it. Partitions are counted, their parents hold nothing.
 * @throws SNAPSHOT_INVALID where there is no table
 */
export async function takeStock(
  client: pg.Client,
  shown: string,
  onObject: (name: string) => void,
): Promise<Stock> {
  if (!(await hasTables(client))) {
    throw new RehearsalError('SNAPSHOT_INVALID', `${shown} held no tables`, {
      hint: 'A dump of --data-only or of another database may be the cause.',
    });
  }
  onObject('VACUUM (ANALYZE)');
  await client.query('vacuum (analyze)');
  const tables = await countTables(client, onObject);
  onObject('CHECKPOINT');
  await client.query('checkpoint');
  const size = await client.query<{ bytes: string }>(
    'select pg_catalog.pg_database_size(pg_catalog.current_database()) as bytes',
  );
  const extensions = await client.query<{ name: string }>(
    'select extname as name from pg_catalog.pg_extension order by 1',
  );
  return {
    bytes: Number(size.rows[0]?.bytes ?? 0),
    tables,
    keys: await readRowKeys(client),
    owners: await readOwners(client),
    extensions: extensions.rows.map(({ name }) => name),
    nearEnds: await readNearEnds(client),
  };
}

async function hasTables(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ present: boolean }>(
    `select exists (select from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema') as present`,
  );
  return rows[0]?.present === true;
}

async function countTables(client: pg.Client, onObject: (name: string) => void): Promise<TableStock[]> {
  const { rows } = await client.query<TableRow>(
    `select n.nspname as schema, c.relname as name, c.reltuples::float8 as estimate,
            pg_catalog.pg_total_relation_size(c.oid) as bytes
       from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      order by 1, 2`,
  );
  const tables: TableStock[] = [];
  for (const { schema, name, estimate, bytes } of rows) {
    onObject(`counting ${schema}.${name}`);
    const counted = estimate < MOST_COUNTED_ROWS ? await countRows(client, schema, name) : estimate;
    tables.push({ name: `${schema}.${name}`, rows: Math.round(counted), bytes: Number(bytes) });
  }
  return tables;
}

async function countRows(client: pg.Client, schema: string, name: string): Promise<number> {
  const table = `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(name)}`;
  const { rows } = await client.query<{ rows: string }>(`select count(*) as rows from only ${table}`);
  return Number(rows[0]?.rows ?? 0);
}

async function readOwners(client: pg.Client): Promise<{ role: string; tables: number }[]> {
  const { rows } = await client.query<{ role: string; tables: number }>(
    `select r.rolname as role, count(*)::int as tables
       from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
       join pg_catalog.pg_roles as r on r.oid = c.relowner
      where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and not r.rolsuper
      group by 1 order by 2 desc, 1`,
  );
  return rows;
}
