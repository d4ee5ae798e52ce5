import type { Asker } from '../pg/asker.ts';
import { VersionedMap } from '../shared/versioned-map.ts';
import { FIRST_USER_OID } from './catalog.ts';
import { MOST_NEW, newRelations, Touched, withIndexes } from './touched/touched.ts';

const NAMES = `select c.oid::bigint as oid, n.nspname || '.' || c.relname as name
                 from pg_class c join pg_namespace n on n.oid = c.relnamespace`;

/** Schemas that have been renamed or made since $1: what lies in one has another name without having been touched. */
const MOVED = `array(select oid from pg_namespace where age(xmin) <= age($1::xid))`;

/**
 * What has been renamed, moved or made since then. A row tells the transaction that wrote it; of two ages the smaller is the
 * younger transaction, also across the wrap-around of their numbers.
 */
const SINCE = `c.oid >= ${FIRST_USER_OID}
  and (age(c.xmin) <= (select age($1::xid)) or c.relnamespace = any (${MOVED}))`;

/** What has been touched, or is new. */
const TOUCHED = `c.oid = any (array(${withIndexes('$2')} union (${newRelations('$3')})))`;

/**
 * In one question, since it is asked before each statement of the plan: the names, in one row at least, and the transaction of which
 * every question from now on sees whatever an older one has done.
 */
function asOfNow(condition: string, hasMoved = 'false'): string {
  return `with now as materialized (select (txid_snapshot_xmin(txid_current_snapshot()) % 4294967296)::text as oldest, ${hasMoved} as moved)
          select now.oldest, now.moved, named.oid, named.name from now left join (${NAMES} where ${condition}) named on true`;
}

interface NameRow {
  readonly oldest: string;
  readonly moved: boolean;
  readonly oid: string | null;
  readonly name: string | null;
}

/** When all was read last, and what was met by then. */
interface Reading {
  /** The transaction since which not everything has been read. */
  readonly oldest: string;
  readonly position: number;
  /** The largest oid. */
  readonly newest: number;
}

/** `schema.name` of relations by their oid. */
export class RelationNames {
  readonly #client: Asker;
  readonly #touched: Touched;
  #known: VersionedMap<number, string>;
  /** Undefined = nothing was read yet. */
  #last: Reading | undefined;

  constructor(
    client: Asker,
    touched = new Touched(false),
    known = new VersionedMap<number, string>(),
    last?: Reading,
  ) {
    this.#client = client;
    this.#touched = touched;
    this.#known = known;
    this.#last = last;
  }

  of(oid: number): string {
    return this.known(oid) ?? `oid ${oid}`;
  }

  known(oid: number): string | undefined {
    return this.#known.get(oid);
  }

  /** Looks up those that are not known yet; one that nobody else can see yet stays unknown until the next time. */
  async learn(oids: Iterable<number>): Promise<void> {
    const unknown = [...new Set(oids)].filter((oid) => !this.#known.has(oid));
    if (unknown.length === 0) return;
    this.#known = this.#known.with(await this.#read('c.oid = any($1::oid[])', [unknown]));
  }

  /**
   * The names of all that is not the system's as they are by now, before any of it is renamed or dropped; these here stay as they
   * are. Only the first time all of them are read, after that what has changed.
   */
  async asOfNow(): Promise<RelationNames> {
    const last = this.#last;
    const { oids, position } = this.#touched.since(last?.position);
    if (last === undefined) return this.#after(await this.#ask(ALL), position);
    if (oids !== null) {
      const rows = await this.#ask({ ...FEW, values: [last.oldest, oids, last.newest] });
      const made = rows.filter(({ oid }) => Number(oid) > last.newest).length;
      if (rows[0]?.moved === false && made < MOST_NEW) return this.#after(rows, position, last.oldest);
    }
    return this.#after(await this.#ask({ ...CHANGED, values: [last.oldest] }), position);
  }

  /** They may have been renamed. */
  forget(): void {
    this.#known = new VersionedMap();
    this.#last = undefined;
  }

  #after(rows: readonly NameRow[], position: number, oldest = rows[0]?.oldest ?? '0'): RelationNames {
    const read = new Map<number, string>();
    let newest = this.#last?.newest ?? 0;
    for (const { oid, name } of rows) {
      if (oid === null || name === null) continue;
      read.set(Number(oid), name);
      newest = Math.max(newest, Number(oid));
    }
    const known = this.#last === undefined ? new VersionedMap(read) : this.#known.with(read);
    return new RelationNames(this.#client, this.#touched, known, { oldest, position, newest });
  }

  async #ask(question: { name: string; text: string; values?: unknown[] }): Promise<NameRow[]> {
    return (await this.#client.query<NameRow>(question)).rows;
  }

  async #read(condition: string, values: readonly unknown[]): Promise<Map<number, string>> {
    const { rows } = await this.#client.query<{ oid: string; name: string }>(`${NAMES} where ${condition}`, [
      ...values,
    ]);
    return new Map(rows.map(({ oid, name }) => [Number(oid), name]));
  }
}

const ALL = { name: 'rehearse_names', text: asOfNow(`c.oid >= ${FIRST_USER_OID}`) };
const CHANGED = { name: 'rehearse_names_since', text: asOfNow(SINCE) };
const FEW = { name: 'rehearse_names_touched', text: asOfNow(TOUCHED, `${MOVED} <> '{}'`) };
