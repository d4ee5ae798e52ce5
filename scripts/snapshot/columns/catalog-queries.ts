/* Of a column: $1 the oid of its table, $2 its attnum. Run under an empty search_path, so that every name has its schema. */

const HANGS = `select d.classid, d.objid from pg_catalog.pg_depend as d
   where d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = $1::oid and d.refobjsubid = $2::int`;

/** pg_get_expr, format_type and the options of an identity as PostgreSQL's own dump writes them. */
export const COLUMN = `
  select n.nspname || '.' || c.relname as relation,
         pg_catalog.format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as "isNotNull",
         case when a.attcollation <> t.typcollation then (
           select pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(co.collname)
             from pg_catalog.pg_collation as co join pg_catalog.pg_namespace as cn on cn.oid = co.collnamespace
            where co.oid = a.attcollation) end as collation,
         case when a.attgenerated = '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end as "default",
         case when a.attidentity <> '' then
           case a.attidentity when 'a' then 'always' else 'by default' end || ' as identity (start ' || s.seqstart || ' increment ' || s.seqincrement
             || case when s.seqmin = case when s.seqincrement > 0 then 1 else ends.least end then '' else ' minvalue ' || s.seqmin end
             || case when s.seqmax = case when s.seqincrement > 0 then ends.most else -1 end then '' else ' maxvalue ' || s.seqmax end
             || ' cache ' || s.seqcache || case when s.seqcycle then ' cycle' else '' end || ')' end as identity,
         s.seqrelid::regclass::text as sequence,
         (select max(tgname collate "C") from pg_catalog.pg_trigger where tgrelid = a.attrelid and not tgisinternal and tgtype & 3 = 3) as "lastTrigger"
    from pg_catalog.pg_attribute as a
    join pg_catalog.pg_class as c on c.oid = a.attrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    join pg_catalog.pg_type as t on t.oid = a.atttypid
    left join pg_catalog.pg_attrdef as d on (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
    left join pg_catalog.pg_sequence as s on s.seqrelid in (${HANGS} and d.deptype in ('a', 'i') and d.classid = 'pg_catalog.pg_class'::regclass)
    left join (values ('int2'::regtype, -32768::bigint, 32767::bigint), ('int4', -2147483648, 2147483647),
      ('int8', -9223372036854775808, 9223372036854775807)) as ends (type, least, most) on ends.type = s.seqtypid
   where a.attrelid = $1::oid and a.attnum = $2::int`.replace('select d.classid, d.objid', 'select d.objid');

const OF_INDEX = `
    from pg_catalog.pg_index as i join pg_catalog.pg_class as c on c.oid = i.indexrelid
    left join pg_catalog.pg_constraint as k on k.conindid = i.indexrelid and k.contype in ('p', 'u') and k.conrelid = i.indrelid
   where i.indrelid = $1::oid`;

export const INDEXES = {
  names: `select c.relname as name, c.oid::regclass::text as spelled ${OF_INDEX} and i.indisvalid
    and ($2::int = any (i.indkey::int2[]) or i.indexrelid in (select objid from (${HANGS}) as hangs)) order by i.indisprimary desc, c.relname`,
  one: `select pg_catalog.pg_get_indexdef(i.indexrelid) as sql, i.indisreplident as "isReplicaIdentity",
      case when k.oid is not null then pg_catalog.json_build_object(
        'kind', case k.contype when 'p' then 'primary key' else 'unique' end,
        'deferrable', case when k.condeferrable then ' deferrable' else '' end || case when k.condeferred then ' initially deferred' else '' end)
      end as key ${OF_INDEX} and $2::int > 0 and c.relname = $3`,
} as const;

export const CONSTRAINTS = `
  select k.conname as name, k.conrelid::regclass::text as table,
         pg_catalog.regexp_replace(pg_catalog.pg_get_constraintdef(k.oid), ' NOT VALID$', '') as sql, k.convalidated as "isValid",
         case when k.conrelid = $1::oid and $2::int = any (k.conkey) then 'own' else 'referring' end as kind
    from pg_catalog.pg_constraint as k
   where k.contype in ('c', 'f') and k.conparentid = 0
     and ((k.conrelid = $1::oid and $2::int = any (k.conkey)) or (k.confrelid = $1::oid and $2::int = any (k.confkey)))
   order by k.conname`;

/** With those that read one of them; a view is never above one that it reads. */
const VIEWS_OF = `with recursive uses as (
    select r.ev_class as oid, 1 as depth from (${HANGS}) as hangs
      join pg_catalog.pg_rewrite as r on hangs.classid = 'pg_catalog.pg_rewrite'::regclass and r.oid = hangs.objid
    union
    select r.ev_class, uses.depth + 1 from uses
      join pg_catalog.pg_depend as d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = uses.oid
       and d.classid = 'pg_catalog.pg_rewrite'::regclass
      join pg_catalog.pg_rewrite as r on r.oid = d.objid and r.ev_class <> uses.oid
     where uses.depth < 30),
  views as (select uses.oid, max(depth) as depth from uses group by 1)`;

export const VIEWS = `${VIEWS_OF}
  select v.oid::regclass::text as name, pg_catalog.quote_ident(o.rolname) as owner,
         v.oid::regclass::text || coalesce(' with (' || pg_catalog.array_to_string(v.reloptions, ', ') || ')', '') || ' as '
           || pg_catalog.rtrim(pg_catalog.pg_get_viewdef(v.oid), ';') as sql,
         array(select 'grant ' || x.privilege_type || ' on ' || v.oid::regclass || ' to '
                 || case when x.grantee = 0 then 'public' else pg_catalog.quote_ident(g.rolname) end
                 || case when x.is_grantable then ' with grant option' else '' end
                 from pg_catalog.aclexplode(v.relacl) as x left join pg_catalog.pg_roles as g on g.oid = x.grantee
                where x.grantee <> v.relowner
              union all
              select 'grant ' || x.privilege_type || ' (' || pg_catalog.quote_ident(a.attname) || ') on ' || v.oid::regclass || ' to '
                 || case when x.grantee = 0 then 'public' else pg_catalog.quote_ident(g.rolname) end
                 || case when x.is_grantable then ' with grant option' else '' end
                from pg_catalog.pg_attribute as a cross join lateral pg_catalog.aclexplode(a.attacl) as x
                left join pg_catalog.pg_roles as g on g.oid = x.grantee where a.attrelid = v.oid order by 1) as grants
    from views join pg_catalog.pg_class as v on v.oid = views.oid join pg_catalog.pg_roles as o on o.oid = v.relowner
   where v.relkind = 'v' order by views.depth, 1`;

const COLUMN_IS = `select 'alter table ' || a.attrelid::regclass || ' alter column ' || pg_catalog.quote_ident(a.attname) || ' set ' || one.what
    from pg_catalog.pg_attribute as a join pg_catalog.pg_type as t on t.oid = a.atttypid cross join lateral (values`;

export const PARTS = {
  settings: `select 'comment on column ' || a.attrelid::regclass || '.' || pg_catalog.quote_ident(a.attname) || ' is ' || pg_catalog.quote_literal(d.description) as text
    from pg_catalog.pg_attribute as a join pg_catalog.pg_description as d
      on (d.classoid, d.objoid, d.objsubid) = ('pg_catalog.pg_class'::regclass, a.attrelid, a.attnum)
   where a.attrelid = $1::oid and a.attnum = $2::int
   union all ${COLUMN_IS}
      (case when a.attstattarget >= 0 then 'statistics ' || a.attstattarget end),
      ('(' || pg_catalog.array_to_string(a.attoptions, ', ') || ')'),
      (case when a.attstorage <> t.typstorage then 'storage ' || case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end end),
      (case pg_catalog.to_jsonb(a) ->> 'attcompression' when 'p' then 'compression pglz' when 'l' then 'compression lz4' end)) as one (what)
   where a.attrelid = $1::oid and a.attnum = $2::int and one.what is not null order by 1`,
  sequenceGrants: `select 'grant ' || x.privilege_type || ' on sequence ' || c.oid::regclass || ' to '
      || case when x.grantee = 0 then 'public' else pg_catalog.quote_ident(g.rolname) end
      || case when x.is_grantable then ' with grant option' else '' end as text
    from (${HANGS} and d.deptype = 'i' and d.classid = 'pg_catalog.pg_class'::regclass) as hangs
    join pg_catalog.pg_class as c on c.oid = hangs.objid and c.relkind = 'S' cross join lateral pg_catalog.aclexplode(c.relacl) as x
    left join pg_catalog.pg_roles as g on g.oid = x.grantee where x.grantee <> c.relowner order by 1`,
  triggers: `select pg_catalog.quote_ident(t.tgname) as name, pg_catalog.pg_get_triggerdef(t.oid)
      || case t.tgenabled when 'O' then '' else '; alter table ' || t.tgrelid::regclass || case t.tgenabled when 'D' then ' disable trigger '
        when 'R' then ' enable replica trigger ' else ' enable always trigger ' end || pg_catalog.quote_ident(t.tgname) end as sql
    from (${HANGS}) as hangs
    join pg_catalog.pg_trigger as t on hangs.classid = 'pg_catalog.pg_trigger'::regclass and t.oid = hangs.objid
   where not t.tgisinternal group by t.oid, t.tgname, t.tgenabled, t.tgrelid order by 1`,
  policies: `select 'alter policy ' || pg_catalog.quote_ident(p.polname) || ' on ' || p.polrelid::regclass
      || coalesce(' using (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')', '')
      || coalesce(' with check (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') as text
    from pg_catalog.pg_policy as p where p.polrelid = $1::oid
     and p.oid in (select objid from (${HANGS}) as hangs where classid = 'pg_catalog.pg_policy'::regclass) order by 1`,
  statistics: `select pg_catalog.pg_get_statisticsobjdef(s.oid) as text from pg_catalog.pg_statistic_ext as s
   where s.stxrelid = $1::oid and ($2::int = any (s.stxkeys::int2[])
     or s.oid in (select objid from (${HANGS}) as hangs where classid = 'pg_catalog.pg_statistic_ext'::regclass)) order by 1`,
  grants: `select 'grant ' || x.privilege_type || ' (' || pg_catalog.quote_ident(a.attname) || ') on ' || a.attrelid::regclass || ' to '
      || case when x.grantee = 0 then 'public' else pg_catalog.quote_ident(g.rolname) end
      || case when x.is_grantable then ' with grant option' else '' end as text
    from pg_catalog.pg_attribute as a cross join lateral pg_catalog.aclexplode(a.attacl) as x
    left join pg_catalog.pg_roles as g on g.oid = x.grantee
   where a.attrelid = $1::oid and a.attnum = $2::int order by 1`,
} as const;

/** What no SQL of ours moves. $3: its type changes, so that views are made anew. */
export const OTHERS = `${VIEWS_OF}
  select 'the table is partitioned, a partition, a parent or a child' as text from pg_catalog.pg_class as c
   where c.oid = $1::oid and (c.relkind <> 'r' or c.relispartition
     or exists (select from pg_catalog.pg_inherits where $1::oid in (inhrelid, inhparent)))
  union all select 'the column is generated' from pg_catalog.pg_attribute
   where attrelid = $1::oid and attnum = $2::int and attgenerated <> ''
  union all select 'constraint ' || pg_catalog.quote_ident(k.conname) || ', which can take over no index' from pg_catalog.pg_constraint as k
    join pg_catalog.pg_index as i on i.indexrelid = k.conindid
   where k.conrelid = $1::oid and $2::int = any (k.conkey) and i.indisexclusion
  union all select 'generated column ' || pg_catalog.quote_ident(a.attname) from (${HANGS}) as hangs
    join pg_catalog.pg_attrdef as d on hangs.classid = 'pg_catalog.pg_attrdef'::regclass and d.oid = hangs.objid
    join pg_catalog.pg_attribute as a on (a.attrelid, a.attnum) = (d.adrelid, d.adnum)
   where d.adrelid <> $1::oid or d.adnum <> $2::int
  union all select 'materialized view ' || v.oid::regclass from views join pg_catalog.pg_class as v on v.oid = views.oid where v.relkind = 'm'
  union all select 'rule ' || pg_catalog.quote_ident(r.rulename) || ' of ' || r.ev_class::regclass
    from pg_catalog.pg_rewrite as r
   where r.rulename <> '_RETURN' and (r.oid in (select objid from (${HANGS}) as hangs where classid = 'pg_catalog.pg_rewrite'::regclass)
     or ($3::bool and r.ev_class in (select oid from views)))
  union all select pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) from views
    join pg_catalog.pg_class as v on v.oid = views.oid join pg_catalog.pg_type as t on t.oid = v.reltype
    join pg_catalog.pg_depend as d on (d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = v.oid)
      or (d.refclassid = 'pg_catalog.pg_type'::regclass and d.refobjid in (t.oid, t.typarray))
   where $3::bool and v.relkind = 'v' and d.deptype in ('n', 'a') and d.classid <> 'pg_catalog.pg_rewrite'::regclass
  union all select pg_catalog.pg_describe_object(hangs.classid, hangs.objid, 0) from (${HANGS}) as hangs
   where hangs.classid <> all (array['pg_catalog.pg_class'::regclass, 'pg_catalog.pg_constraint'::regclass, 'pg_catalog.pg_attrdef'::regclass,
     'pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_trigger'::regclass, 'pg_catalog.pg_policy'::regclass, 'pg_catalog.pg_statistic_ext'::regclass]::oid[])
  union all select 'view ' || r.ev_class::regclass || ', which groups by a key' from pg_catalog.pg_constraint as k
    join pg_catalog.pg_depend as d on d.refclassid = 'pg_catalog.pg_constraint'::regclass and d.refobjid = k.oid
    join pg_catalog.pg_rewrite as r on d.classid = 'pg_catalog.pg_rewrite'::regclass and r.oid = d.objid
   where not $3::bool and k.conrelid = $1::oid and $2::int = any (k.conkey)
  union all select 'foreign key ' || pg_catalog.quote_ident(k.conname) || ' of ' || k.conrelid::regclass || ', which is partitioned'
    from pg_catalog.pg_constraint as k join pg_catalog.pg_class as c on c.oid = k.conrelid
   where k.contype = 'f' and k.confrelid = $1::oid and $2::int = any (k.confkey) and c.relkind = 'p' and k.conparentid = 0
     and pg_catalog.current_setting('server_version_num')::int < 180000
  union all select 'constraint ' || pg_catalog.quote_ident(k.conname) || ', NOT NULL and not valid' from pg_catalog.pg_constraint as k
   where k.contype = 'n' and k.conrelid = $1::oid and $2::int = any (k.conkey) and not k.convalidated
  union all select 'domain ' || t.oid::regtype || ', whose constraint or default would write the table anew'
    from pg_catalog.pg_attribute as a join pg_catalog.pg_type as t on t.oid = a.atttypid join pg_catalog.pg_type as b on b.oid = t.typbasetype
   where a.attrelid = $1::oid and a.attnum = $2::int and t.typtype = 'd' and (b.typtype = 'd' or t.typnotnull or t.typdefault is not null
     or exists (select from pg_catalog.pg_constraint where contypid = t.oid))
  union all select 'policy ' || pg_catalog.quote_ident(p.polname) || ' of ' || p.polrelid::regclass from (${HANGS}) as hangs
    join pg_catalog.pg_policy as p on hangs.classid = 'pg_catalog.pg_policy'::regclass and p.oid = hangs.objid where p.polrelid <> $1::oid
  order by 1`;

/** Functions that know the column by its name alone. $3: that name, $4: that of its table. */
export const READERS = `
  select p.oid::regprocedure::text as text from pg_catalog.pg_proc as p join pg_catalog.pg_language as l on l.oid = p.prolang
   where l.lanname in ('plpgsql', 'sql') and p.prosrc ~ ('\\m' || pg_catalog.regexp_replace($3, '(\\W)', '\\\\\\1', 'g') || '\\M')
     and (exists (select from pg_catalog.pg_trigger where tgfoid = p.oid and tgrelid = $1::oid)
       or p.prosrc ~ ('\\m' || pg_catalog.regexp_replace($4, '(\\W)', '\\\\\\1', 'g') || '\\M'))
     and $2::int > 0 order by 1`;
