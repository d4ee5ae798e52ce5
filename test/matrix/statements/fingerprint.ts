import type { PgClient } from '../../../scripts/pg/client.ts';

/** Definitions that a statement can change, in the server's own words; oids, times and places on disk are not in them. */
const DEFINITIONS = [
  `select classid::regclass::text, (pg_identify_object(classid, objid, 0)).identity from pg_depend where objid >= 16384
     and classid <> 'pg_attrdef'::regclass and classid <> 'pg_rewrite'::regclass and classid <> 'pg_largeobject'::regclass`,
  `select c.oid::regclass::text, relkind, relpersistence, relreplident, relrowsecurity, relforcerowsecurity, reloptions, relacl, relispartition,
          pg_get_expr(relpartbound, c.oid), pg_get_userbyid(relowner), relhassubclass from pg_class c where c.oid >= 16384`,
  `select attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated, attstattarget, attstorage,
          attcompression, attoptions, attacl, pg_get_expr(adbin, adrelid)
     from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum where attrelid >= 16384 and attnum > 0 and not attisdropped`,
  `select conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated from pg_constraint where oid >= 16384`,
  `select pg_get_indexdef(indexrelid), indisvalid, indisready, indisclustered, indisreplident from pg_index where indexrelid >= 16384`,
  `select oid::regprocedure::text, prokind, prosrc, provolatile, procost, proconfig, proacl, prosecdef, pg_get_userbyid(proowner) from pg_proc where oid >= 16384`,
  `select pg_get_triggerdef(oid), tgenabled from pg_trigger where not tgisinternal`,
  `select evtname, evtevent, evtenabled from pg_event_trigger`,
  `select c.relname, pg_get_viewdef(c.oid) from pg_class c where relkind in ('v', 'm') and c.oid >= 16384`,
  `select polrelid::regclass::text, polname, pg_get_expr(polqual, polrelid), polroles::regrole[]::text from pg_policy`,
  `select ev_class::regclass::text, rulename, pg_get_ruledef(oid), ev_enabled from pg_rewrite where ev_class >= 16384`,
  `select enumtypid::regtype::text, enumlabel, rank() over (partition by enumtypid order by enumsortorder) from pg_enum where enumtypid >= 16384`,
  `select schemaname, sequencename, data_type, start_value, increment_by, cycle, last_value from pg_sequences`,
  `select pubname, puballtables, pubinsert, pubupdate, pubviaroot, (select array_agg(prrelid::regclass::text order by 1) from pg_publication_rel where prpubid = p.oid) from pg_publication p`,
  `select subname, subenabled, subslotname, subpublications from pg_subscription`,
  `select srvname, srvoptions, srvversion from pg_foreign_server`,
  `select umuser::regrole::text, umoptions from pg_user_mapping`,
  `select ftrelid::regclass::text, ftoptions from pg_foreign_table`,
  `select fdwname, fdwoptions from pg_foreign_data_wrapper`,
  `select objoid::regclass::text, objsubid, description from pg_description where classoid = 'pg_class'::regclass and objoid >= 16384`,
  `select defaclobjtype, defaclacl from pg_default_acl`,
  `select nspname, nspacl, pg_get_userbyid(nspowner) from pg_namespace where oid >= 16384 or nspname = 'public'`,
  `select extname, extversion, extnamespace::regnamespace::text from pg_extension`,
  `select collname, collprovider, pg_get_userbyid(collowner) from pg_collation where oid >= 16384`,
  `select cfgname, pg_get_userbyid(cfgowner) from pg_ts_config where oid >= 16384`,
  `select dictname, dictinitoption from pg_ts_dict where oid >= 16384`,
  `select stxname, stxstattarget from pg_statistic_ext`,
  `select rolname, rolsuper, rolcreatedb, rolcanlogin, rolconnlimit, rolconfig from pg_roles where oid >= 16384`,
  `select roleid::regrole::text, member::regrole::text, admin_option from pg_auth_members where roleid >= 16384`,
  `select setconfig, setrole::regrole::text from pg_db_role_setting where setdatabase in (0, (select oid from pg_database where datname = current_database()))`,
  `select datconnlimit, datallowconn, datacl is null from pg_database where datname = current_database()`,
  `select replace(datname, current_database(), '') from pg_database where datname like '%made%'`,
  `select gid, owner from pg_prepared_xacts`,
  `select spcname, spcoptions from pg_tablespace where oid >= 16384`,
  `select name, setting from pg_file_settings where sourcefile like '%auto.conf' and name = 'work_mem'`,
  `select lanname from pg_language where oid >= 16384`,
  `select loid, pageno, md5(data) from pg_largeobject`,
  `select (select count(*) from pg_stat_user_tables where analyze_count > 0), (select count(*) from pg_stat_user_tables where vacuum_count > 0)`,
  `select relname, relpages > 0, reltuples from pg_class where oid >= 16384 and relkind in ('r', 'm') and relname not like 'pg_toast%'`,
];

const TABLES = `select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm') and c.relpersistence <> 't' and c.oid >= 16384 and n.nspname !~ '^pg_' order by 1`;

/** Transactions by the order in which they first wrote: the same number = the same transaction. */
const LOG = `select what, dense_rank() over (order by xid::text::numeric) from log order by xid::text::numeric, what`;

/** All that a database is, as lines that can be compared with another one's. */
export async function fingerprint(client: PgClient): Promise<string[]> {
  const lines: string[] = [];
  for (const [at, text] of DEFINITIONS.entries()) {
    const { rows } = await client.query<unknown[]>({ text, rowMode: 'array' });
    const told = rows.map((row) => `${at} ${JSON.stringify(row)}`);
    // Called after numbers that nobody chose.
    lines.push(...told.filter((line) => !/pg_(toast|temp)/.test(line)).sort());
  }
  const { rows: tables } = await client.query<[string]>({ text: TABLES, rowMode: 'array' });
  for (const [table] of tables) {
    if (table === 'log') continue;
    const { rows } = await client.query<[string]>({
      text: `select coalesce(string_agg(x::text, '|' order by x::text), '') from ${table} x`,
      rowMode: 'array',
    });
    lines.push(`rows of ${table} ${rows[0]?.[0] ?? ''}`);
  }
  const { rows: log } = await client
    .query<unknown[]>({ text: LOG, rowMode: 'array' })
    .catch(() => ({ rows: [] }));
  return [...lines, ...log.map((row) => `log ${JSON.stringify(row)}`)];
}
