import type { Asker } from '../pg/asker.ts';
import { VersionedMap } from '../shared/versioned-map.ts';
import { FIRST_USER_OID } from './catalog.ts';

const NAMES = `select c.oid::bigint as oid, n.nspname || '.' || c.relname as name
                 from pg_class c join pg_namespace n on n.oid = c.relnamespace`;

/**
 * What has been renamed, moved or made since then. A row tells the transaction that wrote it; of two ages the smaller is the
 * younger transaction, also across the wrap-around of their numbers.
 */
const SINCE = `c.oid >= ${FIRST_USER_OID}
  and (age(c.xmin) <= (select age($1::xid))
       or c.relnamespace = any (array(select oid from pg_namespace where age(xmin) <= age($1::xid))))`;

/**
 * In one question, since it is asked before each statement of the plan: the names, in one row at least, and the transaction of which
 * every question from now on sees whatever an older one has done.
 */
function asOfNow(condition: string): string {
  return `with now as materialized (select (txid_snapshot_xmin(txid_current_snapshot()) % 4294967296)::text as oldest)
          select now.oldest, named.oid, named.name from now left join (${NAMES} where ${condition}) named on true`;
}

interface NameRow {
  readonly oldest: string;
  readonly oid: string | null;
  readonly name: string | null;
}

/** `schema.name` of relations by their oid. */
export class RelationNames {
  readonly #client: Asker;
  #known: VersionedMap<number, string>;
  /** The transaction since which changes have not been read; undefined = nothing was read yet. */
  #oldest: string | undefined;

  constructor(client: Asker, known = new VersionedMap<number, string>(), oldest?: string) {
    this.#client = client;
    this.#known = known;
    this.#oldest = oldest;
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
    const isFirst = this.#oldest === undefined;
    const { rows } = await this.#client.query<NameRow>({
      name: isFirst ? 'rehearse_names' : 'rehearse_names_since',
      text: asOfNow(isFirst ? `c.oid >= ${FIRST_USER_OID}` : SINCE),
      values: isFirst ? [] : [this.#oldest],
    });
    const read = new Map(
      rows.flatMap(({ oid, name }) => (oid === null || name === null ? [] : [[Number(oid), name] as const])),
    );
    const known = isFirst ? new VersionedMap(read) : this.#known.with(read);
    return new RelationNames(this.#client, known, rows[0]?.oldest);
  }

  /** They may have been renamed. */
  forget(): void {
    this.#known = new VersionedMap();
    this.#oldest = undefined;
  }

  async #read(condition: string, values: readonly unknown[]): Promise<Map<number, string>> {
    const { rows } = await this.#client.query<{ oid: string; name: string }>(`${NAMES} where ${condition}`, [
      ...values,
    ]);
    return new Map(rows.map(({ oid, name }) => [Number(oid), name]));
  }
}
