import type { TableIndex } from '../../../artifacts/records/of-plan/dependency-records.ts';
import type { PgClient } from '../../../pg/client.ts';
import { VersionedMap } from '../../../shared/versioned-map.ts';
import { FIRST_USER_OID } from '../../catalog.ts';
import {
  INDEXES,
  INDEXES_OF,
  STATISTICS,
  STATISTICS_OF,
  readFew,
  type DependencyStock,
  type TableStatistics,
} from './stock.ts';

/** Of more relations than that all are read at once. */
const MOST_SINGLE = 5000;

/** Relations of which anything was written since $1, as RelationNames finds it, and how much there is: by that what is gone is missed. */
const MET = `
  with since as materialized (
    select age($1::xid) as age, array(select oid from pg_namespace where age(xmin) <= age($1::xid)) as schemas)
  select (txid_snapshot_xmin(txid_current_snapshot()) % 4294967296)::text,
         (select count(*) from pg_class where oid >= ${FIRST_USER_OID}),
         (select count(*) from pg_statistic where starelid >= ${FIRST_USER_OID}),
         array(
           select oid from pg_class where oid >= ${FIRST_USER_OID}
              and (age(xmin) <= (select age from since) or relnamespace = any ((select schemas from since)::oid[]))
            union
           select attrelid from pg_attribute where attrelid >= ${FIRST_USER_OID} and age(xmin) <= (select age from since)
            union
           select indexrelid from pg_index where indexrelid >= ${FIRST_USER_OID} and age(xmin) <= (select age from since)
            union
           select starelid from pg_statistic where starelid >= ${FIRST_USER_OID} and age(xmin) <= (select age from since)
         )::text[]`;
type Met = [oldest: string, relations: string, rows: string, met: string[]];

const OIDS = `select oid::text from pg_class where oid >= ${FIRST_USER_OID}`;

interface Known extends Pick<DependencyStock, 'indexes' | 'statistics'> {
  /** Every relation that is not the system's, with its rows in pg_statistic as far as they are followed. */
  readonly rowsOf: VersionedMap<string, number>;
  /** Rows in pg_statistic: all of `rowsOf`, and those that are not followed. */
  readonly rows: number;
  readonly otherRows: number;
}

/** Reads the stock: the first time all of it, then what may have changed, with the same result. */
export class StockReader {
  #known: Known | undefined;
  /** The transaction from which on changes have not been read. */
  #oldest: string | null = null;

  /** Call with `search_path = pg_catalog`, on a connection of its own. @throws what PostgreSQL says */
  async read(client: PgClient): Promise<DependencyStock> {
    // All answers are of one moment: what is counted is what is read.
    await client.query('begin transaction isolation level repeatable read, read only');
    const { rows } = await client.query<Met>({ text: MET, values: [this.#oldest], rowMode: 'array' });
    const [oldest, relations, all, met] = rows[0] ?? [null, '0', '0', []];
    const before = met.length <= MOST_SINGLE ? this.#known : undefined;
    const known =
      (before && (await changed(before, { relations: Number(relations), rows: Number(all), met }, client))) ??
      (await whole(Number(all), client));
    const few = await readFew(client);
    await client.query('commit');
    this.#known = known;
    this.#oldest = oldest;
    return { ...few, indexes: known.indexes, statistics: known.statistics };
  }
}

async function whole(rows: number, client: PgClient): Promise<Known> {
  const { statistics, rowsOf } = await readStatistics(client);
  const all = await readOids(client);
  return {
    indexes: new VersionedMap(await readIndexes(client)),
    statistics: new VersionedMap(statistics),
    rowsOf: new VersionedMap(new Map(all.map((oid) => [oid, rowsOf.get(oid) ?? 0]))),
    rows,
    otherRows: rows - sum(rowsOf.values()),
  };
}

interface Now {
  readonly relations: number;
  readonly rows: number;
  readonly met: readonly string[];
}

/** Undefined where statistics are gone of which nothing tells but that they are fewer. */
async function changed(
  before: Known,
  { relations, rows, met }: Now,
  client: PgClient,
): Promise<Known | undefined> {
  const { statistics, rowsOf } = met.length > 0 ? await readStatistics(client, met) : NOTHING;
  const indexes = met.length > 0 ? await readIndexes(client, met) : [];
  const changes = new Map(met.map((oid) => [oid, rowsOf.get(oid) ?? 0] as [string, number | null]));
  let now = before.rowsOf.with(changes);
  if (now.size !== relations) {
    const there = new Set(await readOids(client));
    for (const [oid] of now) if (!there.has(oid)) changes.set(oid, null);
    now = before.rowsOf.with(changes);
  }
  let followed = before.rows - before.otherRows;
  for (const [oid, count] of changes) followed += (count ?? 0) - (before.rowsOf.get(oid) ?? 0);
  if (followed + before.otherRows !== rows) return undefined;
  const gone = new Map<string, null>([...changes.keys()].map((oid) => [oid, null]));
  return {
    indexes: before.indexes.with(new Map<string, TableIndex | null>([...gone, ...indexes])),
    statistics: before.statistics.with(new Map<string, TableStatistics | null>([...gone, ...statistics])),
    rowsOf: now,
    rows,
    otherRows: before.otherRows,
  };
}

interface Statistics {
  readonly statistics: ReadonlyMap<string, TableStatistics>;
  readonly rowsOf: ReadonlyMap<string, number>;
}

const NOTHING: Statistics = { statistics: new Map(), rowsOf: new Map() };

async function readStatistics(client: PgClient, of?: readonly string[]): Promise<Statistics> {
  const { rows } = await client.query<[string, TableStatistics, number]>({
    ...(of === undefined ? { text: STATISTICS } : { text: STATISTICS_OF, values: [of] }),
    rowMode: 'array',
  });
  return {
    statistics: new Map(rows.map(([oid, table]) => [oid, table])),
    rowsOf: new Map(rows.map(([oid, , count]) => [oid, count])),
  };
}

async function readIndexes(client: PgClient, of?: readonly string[]): Promise<Map<string, TableIndex>> {
  const { rows } = await client.query<[string, TableIndex]>({
    ...(of === undefined ? { text: INDEXES } : { text: INDEXES_OF, values: [of] }),
    rowMode: 'array',
  });
  return new Map(rows);
}

async function readOids(client: PgClient): Promise<string[]> {
  const { rows } = await client.query<[string]>({ text: OIDS, rowMode: 'array' });
  return rows.map(([oid]) => oid);
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const one of numbers) total += one;
  return total;
}
