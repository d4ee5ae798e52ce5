import type { Asker } from '../pg/asker.ts';
import { FIRST_USER_OID } from './catalog.ts';

const NAMES = `select c.oid::bigint as oid, n.nspname || '.' || c.relname as name
                 from pg_class c join pg_namespace n on n.oid = c.relnamespace`;

/** `schema.name` of relations by their oid. */
export class RelationNames {
  readonly #client: Asker;
  readonly #known = new Map<number, string>();

  constructor(client: Asker) {
    this.#client = client;
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
    await this.#read('c.oid = any($1::oid[])', [unknown]);
  }

  /** Learns the names of all that is not the system's, before any of it is renamed or dropped. */
  async learnAll(): Promise<void> {
    await this.#read(`c.oid >= ${FIRST_USER_OID}`, []);
  }

  /** They may have been renamed. */
  forget(): void {
    this.#known.clear();
  }

  async #read(condition: string, values: readonly unknown[]): Promise<void> {
    const { rows } = await this.#client.query<{ oid: string; name: string }>(`${NAMES} where ${condition}`, [
      ...values,
    ]);
    for (const { oid, name } of rows) this.#known.set(Number(oid), name);
  }
}
