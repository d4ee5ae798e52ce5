import type { Asker } from '../../pg/asker.ts';
import { learnNames } from '../../pg/messages/learn-names.ts';
import { registerNames } from '../../pg/messages/public-names.ts';
import type { Touched } from './touched.ts';

/** Catalogs that give their rows oids from one counter; whatever the plan makes by itself is newer than all before. */
const NAMED = [
  ['pg_class', 'relname'],
  ['pg_type', 'typname'],
  ['pg_proc', 'proname'],
  ['pg_constraint', 'conname'],
  ['pg_trigger', 'tgname'],
  ['pg_policy', 'polname'],
] as const;

const NEWEST = `select greatest(${NAMED.map(([catalog]) => `(select max(oid) from pg_catalog.${catalog})`).join(', ')})::int8`;

/** Of relations of $1, and of what is newer than $2. */
const FEW = `
  with met as materialized (
    select unnest($1::oid[]) as oid union select oid from pg_catalog.pg_class where oid > $2::int8::oid)
  select relname::text from pg_catalog.pg_class where oid = any (array(select oid from met)) and relname !~ '^pg_toast'
  union all select attname from pg_catalog.pg_attribute where attrelid = any (array(select oid from met)) and attnum > 0
  union all select conname from pg_catalog.pg_constraint where conrelid = any (array(select oid from met))
  union all select tgname from pg_catalog.pg_trigger where tgrelid = any (array(select oid from met))
  ${NAMED.map(([catalog, name]) => `union all select ${name} from pg_catalog.${catalog} where oid > $2::int8::oid`).join('\n  ')}`;

/**
 * Learns which names messages may tell: the first time all that the catalog has, then those of what the plan has touched or made.
 * What it names in its own text is known anyway.
 */
export class KnownNames {
  readonly #touched: Touched;
  #position: number | undefined;
  #newest = '0';

  constructor(touched: Touched) {
    this.#touched = touched;
  }

  /** @throws what PostgreSQL says */
  async learn(client: Asker): Promise<void> {
    const { oids, position } = this.#touched.since(this.#position);
    const newest = await client.query<[string]>({ text: NEWEST, rowMode: 'array' });
    if (oids === null) await learnNames(client);
    else {
      const values = [oids, this.#newest];
      const { rows } = await client.query<[string]>({ text: FEW, values, rowMode: 'array' });
      registerNames(rows.map(([name]) => name));
    }
    this.#newest = newest.rows[0]?.[0] ?? '0';
    this.#position = position;
  }
}
