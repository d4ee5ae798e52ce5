import type pg from 'pg';

interface Other {
  /** `the database`, or the collation’s name. */
  readonly name: string;
  readonly was: string;
  /** Null = what is here has no versions. */
  readonly here: string | null;
}

/** Of the database itself, from PostgreSQL 15 on. */
const DATABASE = `
  select 'the database' as name, datcollversion as was, pg_catalog.pg_database_collation_actual_version(oid) as here
    from pg_catalog.pg_database where datname = current_database()`;
/** Of those that indexes sort by. */
const COLLATIONS = `
  select collname::text as name, collversion as was, pg_catalog.pg_collation_actual_version(oid) as here
    from pg_catalog.pg_collation
   where oid in (select unnest(indcollation::oid[]) from pg_catalog.pg_index where indrelid >= 16384) order by 1`;
const DATABASE_MAJOR = 15;

/**
 * What the files of a copy are sorted by and this machine's libraries are not (PostgreSQL, "ALTER COLLATION", Notes), as sentences for the
 * report: nothing says so by itself where an index of texts misses rows.
 */
export async function otherCollations(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ major: number }>(
    "select current_setting('server_version_num')::int / 10000 as major",
  );
  const queries = (rows[0]?.major ?? 0) >= DATABASE_MAJOR ? [DATABASE, COLLATIONS] : [COLLATIONS];
  const found: Other[] = [];
  for (const query of queries) found.push(...(await client.query<Other>(query)).rows);
  const others = found.filter(({ was, here }) => (was as string | null) !== null && was !== here);
  if (others.length === 0) return [];
  const told = others.map(({ name, was, here }) => `${name} ${was} (here ${here ?? 'without a version'})`);
  return [
    `Texts in the copy are sorted by other versions of the collations than this machine has: ${told.join(', ')}. Indexes of texts may be out of order here, and a query that uses one may miss rows: REINDEX them in the plan’s first step, or rehearse on the operating system of production.`,
  ];
}
