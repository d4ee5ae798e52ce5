import type { Asker } from '../pg/asker.ts';
import { withConnection } from '../pg/client.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { sqlstateOf } from '../pg/pg-error.ts';
import { VersionedMap } from '../shared/versioned-map.ts';
import { FIRST_USER_OID, type Catalog, type CatalogEntry } from './catalog.ts';

const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Answered together with the relations, in one row at least: the transaction from which on the next reading looks for changes, and
 * how many relations there are, by which those that are gone are missed.
 */
const NOW = `(pg_catalog.txid_snapshot_xmin(pg_catalog.txid_current_snapshot()) % 4294967296)::pg_catalog.text as oldest,
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

/**
 * What has been made, renamed, moved, or given other storage since $1, as RelationNames finds it, and what $2 names with all that
 * belongs to it: a relation grows without a word in the catalog.
 */
const SINCE = `
  with recursive now as materialized (
    select ${NOW}, pg_catalog.age($1::pg_catalog.xid) as age,
           array(select s.oid from pg_catalog.pg_namespace s
                  where pg_catalog.age(s.xmin) <= pg_catalog.age($1::pg_catalog.xid)) as schemas),
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
  met (oid) as (
    select oid from named
    union
    select c.oid from pg_catalog.pg_class c
     where c.oid >= ${FIRST_USER_OID}
       and (pg_catalog.age(c.xmin) <= (select age from now) or c.relnamespace = any ((select schemas from now)::pg_catalog.oid[])))
  select now.oldest, now.relations, e.* from now left join (${ENTRIES} join met on met.oid = c.oid) e on true`;

const OIDS = `select c.oid::pg_catalog.int8 from pg_catalog.pg_class c where c.oid >= ${FIRST_USER_OID}`;

type Entry = [name: string, kind: string, filenode: string | null, size: string, parent: string | null];
type Row = [oldest: string, relations: string, oid: string | null, ...entry: Entry];

/**
 * The catalog of the database as it was last looked at. Only the first look reads all of it, every other what has changed since; what
 * a relation weighs is as of the last look that met it.
 */
export class RunCatalog {
  #known: Catalog = new VersionedMap();
  /** Undefined = nothing was read yet. */
  #oldest: string | undefined;

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
   * Everything that may be other than at the last look, as it is now; null = it is gone.
   * @param text as of `asOfNow`; null = everything is weighed @throws what PostgreSQL says
   */
  changes(client: Asker, text: string | null): Promise<Changes> {
    return this.#read(client, text);
  }

  async #read(client: Asker, text: string | null): Promise<Changes> {
    const since = text === null ? undefined : this.#oldest;
    const { rows } = await client.query<Row>({
      ...(since === undefined ? { text: ALL } : { text: SINCE, values: [since, namesIn(text ?? '')] }),
      rowMode: 'array',
    });
    const read = new Map<number, CatalogEntry | null>();
    for (const [, , oid, ...entry] of rows) if (oid !== null) read.set(Number(oid), entryOf(entry));
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
