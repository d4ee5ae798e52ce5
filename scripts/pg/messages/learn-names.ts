import type { Asker } from '../asker.ts';
import { registerNames } from './public-names.ts';

/** Everything with a name. Comments, defaults and other expressions are left: they may hold values. */
const NAMES = `
  select relname::text as name from pg_catalog.pg_class where relname !~ '^pg_toast'
  union select attname from pg_catalog.pg_attribute where attrelid >= 16384 and attnum > 0
  union select nspname from pg_catalog.pg_namespace
  union select typname from pg_catalog.pg_type
  union select proname from pg_catalog.pg_proc
  union select conname from pg_catalog.pg_constraint
  union select tgname from pg_catalog.pg_trigger
  union select polname from pg_catalog.pg_policy
  union select extname from pg_catalog.pg_extension
  union select rolname from pg_catalog.pg_roles
  union select datname from pg_catalog.pg_database
  union select lanname from pg_catalog.pg_language
  union select collname from pg_catalog.pg_collation
  union select opcname from pg_catalog.pg_opclass
  union select spcname from pg_catalog.pg_tablespace
  union select name from pg_catalog.pg_settings
  union select word from pg_catalog.pg_get_keywords()`;

/** Messages may name what the catalog has now. Names of what is dropped later stay known. @throws what PostgreSQL says */
export async function learnNames(client: Asker): Promise<void> {
  const { rows } = await client.query<[string]>({ text: NAMES, rowMode: 'array' });
  registerNames(rows.map(([name]) => name));
}
