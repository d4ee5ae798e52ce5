import type pg from 'pg';
import type { Disarmed } from '../../artifacts/records/records.ts';
import type { Arm } from './arm.ts';
import { DISARMED, NOWHERE } from './nowhere.ts';

/** Options of libpq that say where a server is; of the others (`dbname`, `fetch_size`, …) the rehearsal's statements may need the value. */
const LIBPQ_PLACES = '^(host|hostaddr|service|passfile|sslcert|sslkey|sslrootcert|sslcrl|sslcrldir)$';

/**
 * A server without `host` reaches whoever listens on this machine. Of wrappers that are neither PostgreSQL's own nor file_fdw nobody knows
 * which option is an address: none keeps its value. The catalog is written because the wrapper's validator would refuse some of it.
 */
const SERVERS = `
  with known as (
    select s.oid, coalesce(s.srvoptions, '{}') as options, w.fdwname in ('postgres_fdw', 'dblink_fdw') as is_libpq
      from pg_catalog.pg_foreign_server as s
      join pg_catalog.pg_foreign_data_wrapper as w on w.oid = s.srvfdw
     where w.fdwname <> 'file_fdw'
  ), harmless as (
    select oid, array(
        select case when is_libpq and split_part(o, '=', 1) !~ $1 then o else split_part(o, '=', 1) || '=' || $2::text end
          from unnest(options) with ordinality as u (o, n) order by n)
      || case when is_libpq and not exists (select from unnest(options) as o where o ~ '^(host|hostaddr)=')
              then array['host=' || $2::text] else '{}' end as options
      from known)
  update pg_catalog.pg_foreign_server as s set srvoptions = nullif(h.options, '{}')
    from harmless as h where h.oid = s.oid and h.options <> coalesce(s.srvoptions, '{}')
  returning s.srvname::text as name`;

/** What file_fdw runs; `false` fails at once. */
const PROGRAMS = `
  with harmless as (
    select ftrelid, array(select case when o like 'program=%' then 'program=false' else o end
                            from unnest(ftoptions) with ordinality as u (o, n) order by n) as options
      from pg_catalog.pg_foreign_table)
  update pg_catalog.pg_foreign_table as t set ftoptions = h.options
    from harmless as h where h.ftrelid = t.ftrelid and h.options <> t.ftoptions
  returning (select n.nspname || '.' || c.relname from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace where c.oid = t.ftrelid) as name`;

/** Names of options stay, so that ALTER USER MAPPING … SET of a plan finds them. */
const MAPPINGS = `
  with harmless as (
    select oid, array(select case when o like 'user=%' then o else split_part(o, '=', 1) || '=' || $1::text end
                        from unnest(umoptions) with ordinality as u (o, n) order by n) as options
      from pg_catalog.pg_user_mapping)
  update pg_catalog.pg_user_mapping as m set umoptions = h.options
    from harmless as h where h.oid = m.oid and h.options <> m.umoptions
  returning (select srvname from pg_catalog.pg_foreign_server as s where s.oid = m.umserver) || ' for ' ||
    coalesce((select rolname from pg_catalog.pg_roles as r where r.oid = m.umuser), 'public') as name`;

/** Servers of foreign data wrappers and of dblink, the logins for them, and programs that foreign tables run. */
export const FOREIGN: Arm = {
  isArmedBy: (head) => /^(create|alter) (server|user mapping|foreign table|extension)\b/.test(head),
  disarm: async (client) => [
    ...named('foreign server', await names(client, SERVERS, [LIBPQ_PLACES, NOWHERE])),
    ...named('foreign table', await names(client, PROGRAMS, [])),
    ...named('user mapping', await names(client, MAPPINGS, [DISARMED])),
  ],
};

export function named(kind: Disarmed['kind'], of: readonly string[]): Disarmed[] {
  return of.map((name) => ({ kind, name }));
}

/** The column `name` of what a statement gives. */
export async function names(client: pg.Client, sql: string, values: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(sql, [...values]);
  return rows.map(({ name }) => name).sort();
}
