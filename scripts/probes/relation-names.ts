import type { PgClient } from '../pg/client.ts';

/** `schema.name` of relations by their oid. */
export class RelationNames {
  readonly #client: PgClient;
  readonly #known = new Map<number, string>();

  constructor(client: PgClient) {
    this.#client = client;
  }

  of(oid: number): string {
    return this.#known.get(oid) ?? `oid ${oid}`;
  }

  /** Looks up those that are not known yet; one that nobody else can see yet stays unknown until the next time. */
  async learn(oids: Iterable<number>): Promise<void> {
    const unknown = [...new Set(oids)].filter((oid) => !this.#known.has(oid));
    if (unknown.length === 0) return;
    const { rows } = await this.#client.query<{ oid: string; name: string }>(
      `select c.oid::bigint as oid, n.nspname || '.' || c.relname as name
         from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = any($1::oid[])`,
      [unknown],
    );
    for (const { oid, name } of rows) this.#known.set(Number(oid), name);
  }

  /** They may have been renamed. */
  forget(): void {
    this.#known.clear();
  }
}
