import type { Asker } from '../pg/asker.ts';
import { withConnection } from '../pg/client.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { sqlstateOf } from '../pg/pg-error.ts';
import { VersionedMap } from '../shared/versioned-map.ts';
import { FIRST_USER_OID, type Catalog, type CatalogEntry } from './catalog.ts';
import { MOST_NEW, newRelations, Touched, withIndexes } from './touched/touched.ts';

const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Answered together with the relations, in one row at least: the transaction from which on the next reading looks for changes, and
 * how many relations there are, by which those that are gone are missed.
 */
const OLDEST = `(pg_catalog.txid_snapshot_xmin(pg_catalog.txid_current_snapshot()) % 4294967296)::pg_catalog.text as oldest`;
const NOW = `${OLDEST},
           (select pg_catalog.count(*) from pg_catalog.pg_class c where c.oid >= ${FIRST_USER_OID}) as relations`;

const ENTRIES = `
  select c.oid::pg_catalog.int8 as oid, n.nspname || '.' || c.relname as name, c.relkind::pg_catalog.text as kind,
         pg_catalog.pg_relation_filenode(c.oid)::pg_catalog.int8 as filenode,
         case when c.relkind in ('r', 'm', 't', 'i') then coalesce(pg_catalog.pg_relation_size(c.oid), 0) else 0 end as size,
         case when c.relispartition then (select i.inhparent::pg_catalog.int8 from pg_catalog.pg_inherits i
                                           where i.inhrelid = c.oid limit 1) end as parent
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace`;

const ALL = `
  with now as materialized (select ${NOW})
  select now.oldest, now.relations, e.* from now left join (${ENTRIES} where c.oid >= ${FIRST_USER_OID}) e on true`;

/** Schemas that have been renamed or made since $1, as RelationNames finds them. */
const MOVED = `array(select s.oid from pg_catalog.pg_namespace s where pg_catalog.age(s.xmin) <= pg_catalog.age($1::pg_catalog.xid))`;

/** What $2 names with all that belongs to it, a relation grows without a word in the catalog; and what else is met. */
const some = (now: string, met: string): string => `
  with recursive now as materialized (select ${now}, pg_catalog.age($1::pg_catalog.xid) as age, ${MOVED} as schemas),
  tree (oid) as (
    select c.oid from pg_catalog.pg_class c where c.relname = any ($2::pg_catalog.name[]) and c.oid >= ${FIRST_USER_OID}
    union
    select i.inhrelid from tree join pg_catalog.pg_inherits i on i.inhparent = tree.oid),
  heaps (oid) as (
    select oid from tree
    union
    select c.reltoastrelid from tree join pg_catalog.pg_class c on c.oid = tree.oid where c.reltoastrelid <> 0),
  named (oid) as (
    select oid from heaps
    union
    select i.indexrelid from heaps join pg_catalog.pg_index i on i.indrelid = heaps.oid),
  met (oid) as (select oid from named union ${met})
  select now.oldest, now.relations, e.* from now left join (${ENTRIES} where c.oid = any (array(select oid from met))) e on true`;

/** What has been made, renamed, moved, or given other storage since $1. */
const SINCE = some(
  NOW,
  `select c.oid from pg_catalog.pg_class c
     where c.oid >= ${FIRST_USER_OID}
       and (pg_catalog.age(c.xmin) <= (select age from now) or c.relnamespace = any ((select schemas from now)::pg_catalog.oid[]))`,
);

/** What has been touched, or is new; relations are not counted, and null where a schema has another name. */
const FEW = some(
  `${OLDEST}, case when ${MOVED} = '{}' then 0 end as relations`,
  `(${withIndexes('$3')} union (${newRelations('$4')}))`,
);

const OIDS = `select c.oid::pg_catalog.int8 from pg_catalog.pg_class c where c.oid >= ${FIRST_USER_OID}`;

type Entry = [name: string, kind: string, filenode: string | null, size: string, parent: string | null];
type Row = [oldest: string, relations: string | null, oid: string | null, ...entry: Entry];

/**
 * The catalog of the database as it was last looked at. Only the first look reads all of it, every other what has changed since; what
 * a relation weighs is as of the last look that met it.
 */
export class RunCatalog {
  readonly #touched: Touched;
  #known: Catalog = new VersionedMap();
  /** The transaction from which on the next reading looks for changes; undefined = nothing was read yet. */
  #oldest: string | undefined;
  #position = 0;
  /** The largest oid that was met. */
  #newest = 0;

  constructor(touched = new Touched(false)) {
    this.#touched = touched;
  }

  /** The first look, when there is time for it; who holds a lock in its way leaves it to the next. @throws what else PostgreSQL says */
  async readAhead(endpoint: PgEndpoint): Promise<void> {
    try {
      await withConnection(endpoint, 'setup', async (client) => {
        await client.query(`set lock_timeout = '1s'`);
        await this.asOfNow(client);
      });
    } catch (error) {
      if (sqlstateOf(error) !== LOCK_NOT_AVAILABLE) throw error;
    }
  }

  /**
   * The catalog as it is now. Sizes open the relations, so call it only where no other session holds ACCESS EXCLUSIVE: before a
   * statement, not behind it.
   * @param text SQL, whatever it names is weighed @throws what PostgreSQL says
   */
  async asOfNow(client: Asker, text = ''): Promise<Catalog> {
    await this.#read(client, text);
    return this.#known;
  }

  /**
   * Everything that may be other than at the last look, as it is now; null = it is gone. For what was done and not told yet.
   * @param text as of `asOfNow`; null = everything is weighed @throws what PostgreSQL says
   */
  changes(client: Asker, text: string | null): Promise<Changes> {
    return this.#readAll(client, text);
  }

  async #read(client: Asker, text: string): Promise<void> {
    const since = this.#oldest;
    const { oids, position } = this.#touched.since(since === undefined ? undefined : this.#position);
    if (oids === null || !(await this.#readFew(client, text, oids))) await this.#readAll(client, text);
    this.#position = position;
  }

  /** False where that is not enough. */
  async #readFew(client: Asker, text: string, oids: readonly number[]): Promise<boolean> {
    const newest = this.#newest;
    const values = [this.#oldest, namesIn(text), oids, newest];
    const { rows } = await client.query<Row>({ text: FEW, values, rowMode: 'array' });
    const read = this.#met(rows);
    if (rows[0]?.[1] === null || [...read.keys()].filter((oid) => oid > newest).length >= MOST_NEW)
      return false;
    for (const oid of oids) if (!read.has(oid)) read.set(oid, null);
    this.#known = this.#known.with(read);
    this.#oldest = rows[0]?.[0];
    return true;
  }

  async #readAll(client: Asker, text: string | null): Promise<Changes> {
    const since = text === null ? undefined : this.#oldest;
    const { rows } = await client.query<Row>({
      ...(since === undefined ? { text: ALL } : { text: SINCE, values: [since, namesIn(text ?? '')] }),
      rowMode: 'array',
    });
    const read = this.#met(rows);
    let known = this.#known.with(read);
    // What is new was read: as many as there are can only be those that are there.
    if (known.size !== Number(rows[0]?.[1])) {
      const gone = await goneOf(known, client);
      known = known.with(gone);
      for (const [oid] of gone) read.set(oid, null);
    }
    this.#known = known;
    this.#oldest = rows[0]?.[0];
    return read;
  }

  #met(rows: readonly Row[]): Map<number, CatalogEntry | null> {
    const read = new Map<number, CatalogEntry | null>();
    for (const [, , oid, ...entry] of rows) if (oid !== null) read.set(Number(oid), entryOf(entry));
    for (const oid of read.keys()) this.#newest = Math.max(this.#newest, oid);
    return read;
  }
}

type Changes = ReadonlyMap<number, CatalogEntry | null>;

async function goneOf(known: Catalog, client: Asker): Promise<Map<number, null>> {
  const { rows } = await client.query<[string]>({ text: OIDS, rowMode: 'array' });
  const there = new Set(rows.map(([oid]) => Number(oid)));
  return new Map([...known].flatMap(([oid]) => (there.has(oid) ? [] : [[oid, null] as const])));
}

function entryOf([name, kind, filenode, size, parent]: Entry): CatalogEntry {
  return {
    name,
    kind,
    filenode: filenode === null ? null : Number(filenode),
    sizeBytes: Number(size),
    ...(parent === null ? {} : { parent: Number(parent) }),
  };
}

/** A text that is longer holds rows; what it names stands in front. */
const LONGEST_TEXT = 1_000_000;
const MOST_NAMES = 5_000;

/** Whatever can be the name of a relation, as it is written and as PostgreSQL folds it. */
function namesIn(text: string): string[] {
  const words = text.slice(0, LONGEST_TEXT).match(/"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
  const names = words.flatMap((word) =>
    word.startsWith('"') ? [word.slice(1, -1).replaceAll('""', '"')] : [word, word.toLowerCase()],
  );
  return [...new Set(names)].slice(0, MOST_NAMES);
}
