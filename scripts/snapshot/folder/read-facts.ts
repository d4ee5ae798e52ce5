import type pg from 'pg';
import type { SnapshotFacts, TableFacts } from '../../plan/production/snapshot-facts.ts';

type ServerFacts = Omit<SnapshotFacts, 'format' | 'version' | 'source' | 'takenAt' | 'notes'>;

const SERVER = `
select json_build_object('major', current_setting('server_version_num')::int / 10000, 'build', version(),
         'isReplica', pg_is_in_recovery()) as server,
       json_build_object('name', datname, 'bytes', pg_database_size(oid), 'encoding', pg_encoding_to_char(encoding),
         'collate', datcollate, 'collationVersion', to_jsonb(d) ->> 'datcollversion') as database
  from pg_database as d where datname = current_database()`;

/** Commands and connections may hold passwords; what a session of ours sets is not production's. */
const SETTINGS = `
select name, current_setting(name) as value from pg_settings
 where source not in ('default', 'override', 'client', 'session') and boot_val is distinct from setting
   and name !~ '(_command$|conninfo|passphrase|^krb_|_file$|directories$|directory$|^lc_|^TimeZone$|^log_timezone$)'
 order by 1`;

/**
 * Bloat by the widths of columns that ANALYZE saw: 24 bytes of header and 4 of pointer a row, pages of 8 kB, whatever stands in
 * TOAST by its pointer (PostgreSQL, "Database Page Layout"). An estimate: padding is not known.
 */
const TABLES = `
with widths as (
  select schemaname, tablename, sum((1 - null_frac) * avg_width) as row_bytes
    from pg_stats where not inherited group by 1, 2
)
select n.nspname || '.' || c.relname as name, nullif(c.reltuples, -1)::float8 as rows, pg_relation_size(c.oid)::float8 as "heapBytes",
       coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0)::float8 as "toastBytes",
       pg_indexes_size(c.oid)::float8 as "indexBytes", coalesce(s.n_dead_tup, 0)::float8 as "deadRows",
       case when pg_relation_size(c.oid) > 0 and c.reltuples >= 0 and w.row_bytes is not null
            then greatest(0, least(1, 1 - c.reltuples * (w.row_bytes + 28) / pg_relation_size(c.oid)))::float8 end as "bloatShare",
       to_json(greatest(s.last_vacuum, s.last_autovacuum)) #>> '{}' as "lastVacuumAt",
       to_json(greatest(s.last_analyze, s.last_autoanalyze)) #>> '{}' as "lastAnalyzeAt"
  from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
  left join pg_stat_all_tables as s on s.relid = c.oid
  left join widths as w on w.schemaname = n.nspname and w.tablename = c.relname
 where c.relkind in ('r', 'm') and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
 order by 1`;

/** Constants of other statements than these are kept as they were written. */
const STATEMENTS = `
select query, calls::float8 as calls, total_exec_time::float8 as "totalMs", rows::float8 as rows
  from SCHEMA.pg_stat_statements
 where dbid = (select oid from pg_database where datname = current_database()) and query ~* '^\\s*(select|insert|update|delete|with|merge)\\M'
   and not query ~ '^<' order by 3 desc limit 200`;

/**
 * What a live server tells of itself and of one of its databases; of rows only how many there are.
 * @throws what PostgreSQL says
 */
export async function readFacts(client: pg.Client): Promise<ServerFacts> {
  const { rows } = await client.query<Pick<ServerFacts, 'server' | 'database'>>(SERVER);
  const [found] = rows;
  if (found === undefined) throw new Error('no answer');
  const settings = await client.query<{ name: string; value: string }>(SETTINGS);
  const extensions = await client.query<{ name: string; version: string; schema: string }>(
    `select extname as name, extversion as version, quote_ident(nspname) as schema
       from pg_extension join pg_namespace as n on n.oid = extnamespace order by 1`,
  );
  const { rows: tables } = await client.query<TableFacts>(TABLES);
  const statements = extensions.rows.find(({ name }) => name === 'pg_stat_statements');
  return {
    ...found,
    settings: Object.fromEntries(settings.rows.map(({ name, value }) => [name, value])),
    extensions: Object.fromEntries(extensions.rows.map(({ name, version }) => [name, version])),
    tables,
    statements: statements === undefined ? null : await readStatements(client, statements.schema),
  };
}

/** Null where the library is not loaded, or its columns have other names (before PostgreSQL 13). */
async function readStatements(client: pg.Client, schema: string): Promise<SnapshotFacts['statements']> {
  const sql = STATEMENTS.replace('SCHEMA', () => schema);
  const read = await client
    .query<NonNullable<SnapshotFacts['statements']>[number]>(sql)
    .catch(() => undefined);
  return read?.rows ?? null;
}
