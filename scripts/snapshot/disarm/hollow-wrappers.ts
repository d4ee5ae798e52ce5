import type pg from 'pg';

/*
 * A foreign data wrapper comes with an extension. Where the server lacks that, a wrapper of the same name without a handler stands in for
 * it (PostgreSQL, "CREATE FOREIGN DATA WRAPPER"): servers, logins and foreign tables are there, with names and owners, and cannot be read.
 */

const ABSENT = /^foreign-data wrapper "(.*)" does not exist$/;
const OF_SERVER =
  /^CREATE SERVER (?:"(?:[^"]|"")+"|\S+)[^;]*? FOREIGN DATA WRAPPER (?:"((?:[^"]|"")+)"|([^\s;"]+))/gm;

/** The one that an error of PostgreSQL misses; undefined of other errors. */
export function absentWrapper(message: string): string | undefined {
  return ABSENT.exec(message)?.[1];
}

export async function makeHollowWrapper(client: pg.Client, name: string): Promise<void> {
  await client.query(`create foreign data wrapper ${client.escapeIdentifier(name)}`);
}

/** Those that servers of a dump go by. @param sql its schema, as pg_restore writes it */
function wrappersIn(sql: string): string[] {
  const names = [...sql.matchAll(OF_SERVER)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  );
  return [...new Set(names)];
}

/**
 * Of those, the ones that will be missing once the dump's extensions and its own wrappers are there. The extensions are made for that, and
 * gone again at the end.
 * @param extensions that this server has
 */
export async function missingWrappers(
  client: pg.Client,
  sql: string,
  extensions: readonly string[],
): Promise<string[]> {
  const own = [...sql.matchAll(/^CREATE FOREIGN DATA WRAPPER (?:"((?:[^"]|"")+)"|([^\s;"]+))/gm)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  );
  const wanted = wrappersIn(sql).filter((name) => !own.includes(name));
  if (wanted.length === 0) return [];
  await client.query('begin');
  try {
    for (const name of extensions) {
      await client.query('savepoint one');
      const make = `create extension if not exists ${client.escapeIdentifier(name)} cascade`;
      await client.query(make).catch(() => client.query('rollback to savepoint one'));
    }
    const { rows } = await client.query<{ name: string }>(
      `select name from unnest($1::text[]) as w (name)
        where not exists (select from pg_catalog.pg_foreign_data_wrapper where fdwname = w.name)`,
      [wanted],
    );
    return rows.map(({ name }) => name);
  } finally {
    await client.query('rollback');
  }
}
