/*
 * PostgreSQL 12 and newer. Tables of the database's own: none of PostgreSQL, none of an extension; a partition only by its root.
 * What an extension brings is there without its rows, as after CREATE EXTENSION.
 */

const OURS = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relpersistence <> 't'
   and not exists (select from pg_catalog.pg_depend as d where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`;

export const TABLES = `
  select c.oid::text as oid, n.nspname as schema, c.relname as name,
         pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as "sqlName"
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p') and not c.relispartition and ${OURS}
   order by 2, 3`;

export const COLUMNS = `
  select a.attrelid::text as oid, a.attname as name, a.atttypid::text as type, a.atttypmod as modifier,
         pg_catalog.format_type(a.atttypid, a.atttypmod) as shown, a.attnotnull as "isNotNull", a.attgenerated <> '' as "isGenerated",
         case when a.attgenerated = '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end as "defaultSql",
         (select pg_catalog.json_build_object('name', s.seqrelid::regclass::text, 'start', s.seqmin, 'step', s.seqincrement)
            from pg_catalog.pg_sequence as s
           where s.seqrelid in (
             select p.objid from pg_catalog.pg_depend as p
              where p.classid = 'pg_catalog.pg_class'::regclass and p.refclassid = 'pg_catalog.pg_class'::regclass
                and p.refobjid = a.attrelid and p.refobjsubid = a.attnum and p.deptype in ('a', 'i')
             union all
             select p.refobjid from pg_catalog.pg_depend as p
              where p.classid = 'pg_catalog.pg_attrdef'::regclass and p.objid = d.oid
                and p.refclassid = 'pg_catalog.pg_class'::regclass and p.deptype = 'n')
           limit 1) as sequence
    from pg_catalog.pg_attribute as a
    left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
   where a.attrelid = any ($1::oid[]) and a.attnum > 0 and not a.attisdropped
   order by a.attrelid, a.attnum`;

/** All types that one of these is made of: bases of domains, elements of arrays, bounds of ranges. */
export const TYPES = `
  with recursive parts as (
    select unnest($1::oid[]) as oid
    union
    select unnest(array[nullif(t.typbasetype, 0), nullif(case when t.typcategory = 'A' then t.typelem else 0 end, 0), r.rngsubtype])
      from parts as p join pg_catalog.pg_type as t on t.oid = p.oid
      left join pg_catalog.pg_range as r on r.rngtypid = t.oid
  )
  select t.oid::text as oid, t.typname as name, t.typtype as kind, t.typtypmod as modifier, t.typnotnull as "isNotNull",
         nullif(t.typbasetype, 0)::text as base, case when t.typcategory = 'A' then nullif(t.typelem, 0)::text end as element,
         r.rngsubtype::text as bound,
         coalesce((select pg_catalog.array_agg(e.enumlabel::text order by e.enumsortorder) from pg_catalog.pg_enum as e where e.enumtypid = t.oid), '{}') as labels,
         coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object('name', k.conname, 'sql', pg_catalog.pg_get_expr(k.conbin, 0)) order by k.conname)
            from pg_catalog.pg_constraint as k where k.contypid = t.oid and k.contype = 'c'), '[]') as checks
    from parts as p join pg_catalog.pg_type as t on t.oid = p.oid
    left join pg_catalog.pg_range as r on r.rngtypid = t.oid
   where p.oid is not null`;

export const CONSTRAINTS = `
  select k.conrelid::text as oid, k.conname as name, k.contype as kind,
         case when k.contype = 'c' then pg_catalog.pg_get_expr(k.conbin, k.conrelid) end as sql,
         (select pg_catalog.array_agg(a.attname::text order by o.at) from unnest(k.conkey) with ordinality as o (num, at)
            join pg_catalog.pg_attribute as a on a.attrelid = k.conrelid and a.attnum = o.num) as columns,
         k.confrelid::text as "toOid",
         (select pg_catalog.array_agg(a.attname::text order by o.at) from unnest(k.confkey) with ordinality as o (num, at)
            join pg_catalog.pg_attribute as a on a.attrelid = k.confrelid and a.attnum = o.num) as referenced,
         (select pg_catalog.array_agg(p.oprname::text order by o.at) from unnest(k.conexclop) with ordinality as o (op, at)
            join pg_catalog.pg_operator as p on p.oid = o.op) as operators
    from pg_catalog.pg_constraint as k
   where k.conrelid = any ($1::oid[]) and k.contype in ('c', 'f', 'x')
   order by k.conrelid, k.conname`;

/** Columns of the key and of its expressions; those that are only included do not count. */
export const INDEXES = `
  select i.indrelid::text as oid, c.relname as name, i.indisprimary as "isPrimary", pg_catalog.pg_get_expr(i.indpred, i.indrelid) as "whereSql",
         (select pg_catalog.array_agg(a.attname::text order by o.at)
            from unnest(i.indkey::int2[]) with ordinality as o (num, at)
            join pg_catalog.pg_attribute as a on a.attrelid = i.indrelid and a.attnum = o.num
           where o.at <= i.indnkeyatts) as columns,
         pg_catalog.pg_get_expr(i.indexprs, i.indrelid) as expressions
    from pg_catalog.pg_index as i join pg_catalog.pg_class as c on c.oid = i.indexrelid
   where i.indrelid = any ($1::oid[]) and i.indisunique
   order by i.indrelid, i.indisprimary desc, c.relname`;

export const LEAVES = `
  select t.oid::text as root, n.nspname as schema, c.relname as name,
         case when pg_catalog.pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT' then pg_catalog.pg_get_partition_constraintdef(c.oid) end as "boundSql"
    from unnest($1::oid[]) as t (oid)
    cross join lateral pg_catalog.pg_partition_tree(t.oid) as p
    join pg_catalog.pg_class as c on c.oid = p.relid join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
   where p.isleaf and c.oid <> t.oid and c.relkind = 'r'
   order by t.oid, 2, 3`;
