/* Queries of a live server's catalog and counters, for a role that reads and changes nothing. */

export const SERVER = `
select json_build_object('major', current_setting('server_version_num')::int / 10000, 'build', version(),
         'isReplica', pg_is_in_recovery(), 'startedAt', pg_postmaster_start_time(),
         'hasChecksums', current_setting('data_checksums')::bool) as server,
       json_build_object('name', datname, 'bytes', pg_database_size(oid), 'encoding', pg_encoding_to_char(encoding),
         'collate', datcollate, 'collationVersion', to_jsonb(d) ->> 'datcollversion', 'freezeAge', age(datfrozenxid)) as database
  from pg_database as d where datname = current_database()`;

/** Commands and connections may hold passwords; what a session of ours sets is not production's. */
export const SETTINGS = `
select name, current_setting(name) as value from pg_settings
 where source not in ('default', 'override', 'client', 'session') and boot_val is distinct from setting
   and name !~ '(_command$|conninfo|passphrase|^krb_|_file$|directories$|directory$|^lc_|^TimeZone$|^log_timezone$)'
 order by 1`;

/**
 * Bloat by the widths of columns that ANALYZE saw: 24 bytes of header and 4 of pointer a row, pages of 8 kB, whatever stands in
 * TOAST by its pointer (PostgreSQL, "Database Page Layout"). An estimate: padding is not known.
 */
export const TABLES = `
with widths as (
  select schemaname, tablename, sum((1 - null_frac) * avg_width) as row_bytes
    from pg_stats where not inherited group by 1, 2
)
select c.oid, n.nspname || '.' || c.relname as name, nullif(c.reltuples, -1)::float8 as rows, pg_relation_size(c.oid)::float8 as "heapBytes",
       coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0)::float8 as "toastBytes",
       pg_indexes_size(c.oid)::float8 as "indexBytes", coalesce(s.n_dead_tup, 0)::float8 as "deadRows",
       case when pg_relation_size(c.oid) > 0 and c.reltuples >= 0 and w.row_bytes is not null
            then greatest(0, least(1, 1 - c.reltuples * (w.row_bytes + 28) / pg_relation_size(c.oid)))::float8 end as "bloatShare",
       to_json(greatest(s.last_vacuum, s.last_autovacuum)) #>> '{}' as "lastVacuumAt",
       to_json(greatest(s.last_analyze, s.last_autoanalyze)) #>> '{}' as "lastAnalyzeAt",
       s.n_mod_since_analyze::float8 as "modifiedRows", case when c.relfrozenxid <> '0' then age(c.relfrozenxid) end as "freezeAge",
       case when c.relpages > 0 then least(1, c.relallvisible::float8 / c.relpages) end as "allVisibleShare",
       coalesce((select option_value::int from pg_options_to_table(c.reloptions) where option_name = 'fillfactor'), 100) as "fillFactor"
  from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
  left join pg_stat_all_tables as s on s.relid = c.oid
  left join widths as w on w.schemaname = n.nspname and w.tablename = c.relname
 where c.relkind in ('r', 'm') and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
 order by 1`;

/** Constants of other statements than these are kept as they were written. */
export const STATEMENTS = `
select query, calls::float8 as calls, total_exec_time::float8 as "totalMs", rows::float8 as rows
  from SCHEMA.pg_stat_statements
 where dbid = (select oid from pg_database where datname = current_database()) and query ~* '^\\s*(select|insert|update|delete|with|merge)\\M'
   and not query ~ '^<' order by 3 desc limit 200`;

/**
 * A btree's bloat by the widths of its columns: 16 bytes of header a row in 8 bytes' steps, 4 of pointer, pages filled to the fill
 * factor. Equal values that stand together (PostgreSQL 13) take less: what is then explained twice counts as no bloat.
 */
export const INDEXES = `
with widths as (
  select i.indexrelid, sum((1 - w.null_frac) * w.avg_width) as row_bytes, count(*) as known
    from pg_index as i cross join unnest(i.indkey::int2[]) as k(attnum)
    join pg_class as t on t.oid = i.indrelid join pg_namespace as n on n.oid = t.relnamespace
    join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.attnum
    join pg_stats as w on w.schemaname = n.nspname and w.tablename = t.relname and w.attname = a.attname and not w.inherited
   group by 1
), shapes as (
  select c.oid, n.nspname || '.' || c.relname as name, n.nspname || '.' || t.relname as "table", m.amname as method,
         pg_relation_size(c.oid)::float8 as bytes, i.indnkeyatts as "keyColumns", i.indisunique as "isUnique", i.indisvalid as "isValid",
         i.indpred is not null as "isPartial", coalesce(s.idx_scan, 0)::float8 as scans, c.reltuples, w.row_bytes, w.known, i.indnatts,
         coalesce((select option_value::int from pg_options_to_table(c.reloptions) where option_name = 'fillfactor'), 90) as "fillFactor"
    from pg_index as i join pg_class as c on c.oid = i.indexrelid join pg_class as t on t.oid = i.indrelid
    join pg_namespace as n on n.oid = t.relnamespace join pg_am as m on m.oid = c.relam
    left join pg_stat_all_indexes as s on s.indexrelid = c.oid left join widths as w on w.indexrelid = c.oid
   where c.relkind = 'i' and t.relpersistence <> 't' and t.relkind in ('r', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
)
select oid, name, "table", method, bytes, "keyColumns", "isUnique", "isValid", "isPartial", scans, "fillFactor",
       case when method = 'btree' and bytes > 0 and reltuples >= 0 and known = indnatts
            then greatest(0, least(1, 1 - reltuples * (ceil((8 + row_bytes) / 8) * 8 + 4) / (bytes * "fillFactor" / 100)))::float8
       end as "bloatShare"
  from shapes order by 2`;

/** Of the relations of this database, in all their forks' main one. */
export const CACHED = `
select c.oid, count(*)::float8 * current_setting('block_size')::int as bytes
  from SCHEMA.pg_buffercache as b join pg_class as c on pg_relation_filenode(c.oid) = b.relfilenode
 where b.relforknumber = 0 and b.reldatabase = (select oid from pg_database where datname = current_database())
 group by 1`;

/** Only a superuser may by itself; what it reads is Linux's. */
export const MAY_READ_FILES = `select has_function_privilege('pg_catalog.pg_read_file(text, bigint, bigint, boolean)', 'execute') as may`;
export const HARDWARE = `
select (select count(*) from regexp_matches(pg_read_file('/proc/cpuinfo', 0, 4000000, true), '^processor\\s*:', 'gn'))::int as cpus,
       (regexp_match(pg_read_file('/proc/meminfo', 0, 100000, true), 'MemTotal:\\s*(\\d+) kB'))[1]::float8 * 1024 as "memoryBytes"`;

export const ACTIVITY = `
select (xact_commit + xact_rollback)::float8 as transactions, extract(epoch from clock_timestamp())::float8 as "atSeconds",
       extract(epoch from clock_timestamp() - stats_reset)::float8 as "sinceResetSeconds"
  from pg_stat_database where datname = current_database()`;

export const EXTENSIONS = `
select extname as name, extversion as version, quote_ident(nspname) as schema
  from pg_extension join pg_namespace as n on n.oid = extnamespace order by 1`;

/** From PostgreSQL 15 on. */
export const COLLATION_NOW = `
select pg_database_collation_actual_version(oid) as version from pg_database where datname = current_database()`;
