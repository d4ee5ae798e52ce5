import type { ForeignKey, TableIndex } from '../../../artifacts/records/of-plan/dependency-records.ts';
import type { PgClient } from '../../../pg/client.ts';
import { VersionedMap } from '../../../shared/versioned-map.ts';
import { FIRST_USER_OID } from '../../catalog.ts';
import { MOST_NEW, newRelations, Touched, withIndexes } from '../../touched/touched.ts';
import {
  BARE_KEYS,
  BARE_KEYS_OF,
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

/** What of $2 is there, with its indexes, what is newer than $3, and whether a schema has another name since $1. */
const FEW = `
  select array(select oid from pg_class where oid = any (array(${withIndexes('$2')})))::text[], array(${newRelations('$3')})::text[],
         exists (select from pg_namespace where age(xmin) <= age($1::xid))`;
type Few = [there: string[], made: string[], hasMoved: boolean];

const OIDS = `select oid::text from pg_class where oid >= ${FIRST_USER_OID}`;

interface Known extends Pick<DependencyStock, 'indexes' | 'statistics' | 'bareKeys'> {
  /** The table that each of `bareKeys` is of. */
  readonly keyedTables: VersionedMap<string, string>;
  /** Every relation that is not the system's, with its rows in pg_statistic as far as they are followed. */
  readonly rowsOf: VersionedMap<string, number>;
  /** Rows in pg_statistic: all of `rowsOf`, and those that are not followed. */
  readonly rows: number;
}

/** Reads the stock: the first time all of it, then what may have changed, with the same result. */
export class StockReader {
  readonly #touched: Touched;
  #known: Known | undefined;
  /** The transaction from which on not all changes have been read. */
  #oldest: string | null = null;
  #position: number | undefined;
  /** The largest oid that was met. */
  #newest = 0;

  constructor(touched = new Touched(false)) {
    this.#touched = touched;
  }

  /** Call with `search_path = pg_catalog`, on a connection of its own. @throws what PostgreSQL says */
  async read(client: PgClient): Promise<DependencyStock> {
    const { oids, position } = this.#touched.since(this.#position);
    // All answers are of one moment: what is counted is what is read.
    await client.query('begin transaction isolation level repeatable read, read only');
    const known = (oids && (await this.#readFew(oids, client))) ?? (await this.#readAll(client));
    const few = await readFew(client);
    await client.query('commit');
    this.#known = known;
    this.#position = position;
    const { indexes, statistics, bareKeys } = known;
    return { ...few, indexes, statistics, bareKeys };
  }

  /** Undefined where that is not enough. */
  async #readFew(oids: readonly number[], client: PgClient): Promise<Known | undefined> {
    const before = this.#known;
    const values = [this.#oldest, oids, this.#newest];
    const { rows } = await client.query<Few>({ text: FEW, values, rowMode: 'array' });
    const [there, made, hasMoved] = rows[0] ?? [[], [], true];
    if (before === undefined || hasMoved || made.length >= MOST_NEW) return undefined;
    for (const oid of made) this.#newest = Math.max(this.#newest, Number(oid));
    const isThere = new Set(there);
    const gone = oids.map(String).filter((oid) => !isThere.has(oid));
    return withMet(before, [...new Set([...there, ...made])], gone, client);
  }

  async #readAll(client: PgClient): Promise<Known> {
    const { rows } = await client.query<Met>({ text: MET, values: [this.#oldest], rowMode: 'array' });
    const [oldest, relations, all, met] = rows[0] ?? [null, '0', '0', []];
    const before = met.length <= MOST_SINGLE ? this.#known : undefined;
    const now = { relations: Number(relations), rows: Number(all), met };
    const since = before && (await changed(before, now, client));
    const known = since ?? (await whole(now.rows, client));
    for (const oid of since ? met : keysOf(known.rowsOf)) this.#newest = Math.max(this.#newest, Number(oid));
    this.#oldest = oldest;
    return known;
  }
}

async function whole(rows: number, client: PgClient): Promise<Known> {
  const { statistics, rowsOf } = await readStatistics(client);
  const all = await readOids(client);
  const { bareKeys, keyedTables } = await readBareKeys(client);
  return {
    bareKeys: new VersionedMap(bareKeys),
    keyedTables: new VersionedMap(keyedTables),
    indexes: new VersionedMap(await readIndexes(client)),
    statistics: new VersionedMap(statistics),
    rowsOf: new VersionedMap(new Map(all.map((oid) => [oid, rowsOf.get(oid) ?? 0]))),
    rows,
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
  let now = await withMet(before, met, [], client);
  if (now.rowsOf.size !== relations) {
    const there = new Set(await readOids(client));
    const gone = [...now.rowsOf].flatMap(([oid]) => (there.has(oid) ? [] : [oid]));
    now = await withMet(now, [], gone, client);
  }
  return now.rows === rows ? now : undefined;
}

/** @param met read again @param gone that are not there any more */
async function withMet(
  before: Known,
  met: readonly string[],
  gone: readonly string[],
  client: PgClient,
): Promise<Known> {
  if (met.length + gone.length === 0) return before;
  const { statistics, rowsOf } = met.length > 0 ? await readStatistics(client, met) : NOTHING;
  const indexes = met.length > 0 ? await readIndexes(client, met) : [];
  const counts = new Map<string, number | null>(met.map((oid) => [oid, rowsOf.get(oid) ?? 0]));
  for (const oid of gone) counts.set(oid, null);
  let rows = before.rows;
  for (const [oid, count] of counts) rows += (count ?? 0) - (before.rowsOf.get(oid) ?? 0);
  const none = new Map<string, null>([...counts.keys()].map((oid) => [oid, null]));
  const keys = met.length > 0 ? await readBareKeys(client, met) : NO_KEYS;
  const oldKeys = [...before.keyedTables].flatMap(([key, table]) => (counts.has(table) ? [key] : []));
  const noKeys = new Map<string, null>(oldKeys.map((key) => [key, null]));
  return {
    bareKeys: before.bareKeys.with(new Map<string, ForeignKey | null>([...noKeys, ...keys.bareKeys])),
    keyedTables: before.keyedTables.with(new Map<string, string | null>([...noKeys, ...keys.keyedTables])),
    indexes: before.indexes.with(new Map<string, TableIndex | null>([...none, ...indexes])),
    statistics: before.statistics.with(new Map<string, TableStatistics | null>([...none, ...statistics])),
    rowsOf: before.rowsOf.with(counts),
    rows,
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

interface BareKeys {
  readonly bareKeys: ReadonlyMap<string, ForeignKey>;
  readonly keyedTables: ReadonlyMap<string, string>;
}

const NO_KEYS: BareKeys = { bareKeys: new Map(), keyedTables: new Map() };

async function readBareKeys(client: PgClient, of?: readonly string[]): Promise<BareKeys> {
  const { rows } = await client.query<[string, ForeignKey, string]>({
    ...(of === undefined ? { text: BARE_KEYS } : { text: BARE_KEYS_OF, values: [of] }),
    rowMode: 'array',
  });
  return {
    bareKeys: new Map(rows.map(([oid, key]) => [oid, key])),
    keyedTables: new Map(rows.map(([oid, , table]) => [oid, table])),
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

function* keysOf<K, V>(entries: Iterable<[K, V]>): Iterable<K> {
  for (const [key] of entries) yield key;
}
