/*
 * One row an object: kind, schema.name, the relation that it is part of, and what is compared of it as jsonb. Left out are the
 * system's schemas, what belongs to an extension, and NOT NULL as a constraint (it is told of its column).
 */

/** Who may do what, in an order that does not depend on when it was granted; nothing written is the same as the default. */
function privileges(acl: string, kind: string, owner: string): string {
  return `(select string_agg(coalesce(r.rolname, 'public') || ' ' || x.privilege_type || case when x.is_grantable then '*' else '' end,
                            ', ' order by r.rolname nulls first, x.privilege_type)
             from aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner}))) x left join pg_roles r on r.oid = x.grantee)`;
}

/** Of comments and definitions only whether they are the same: they may quote rows. */
function comment(oid: string, catalog: string): string {
  return `md5(obj_description(${oid}, '${catalog}'))`;
}

function notOfExtension(oid: string, catalog: string): string {
  return `not exists (select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.deptype = 'e')`;
}

/** FirstNormalObjectId (access/transam.h): what `initdb` made is below. */
const FIRST_OF_USERS = 16_384;

const RELATION = `n.nspname || '.' || c.relname`;
const OF_RELATIONS = `join mine n on n.oid = c.relnamespace and ${notOfExtension('c.oid', 'pg_class')}`;

const SCHEMAS = `
  select 'schema', n.nspname::text, null::text, jsonb_build_object(
           'owner', pg_get_userbyid(n.nspowner), 'privileges', ${privileges('n.nspacl', 'n', 'n.nspowner')},
           'comment', ${comment('n.oid', 'pg_namespace')})
    from mine n`;

const RELATIONS = `
  select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' when 'f' then 'foreign table'
                        when 'c' then 'type' else 'table' end,
         ${RELATION}, null, jsonb_build_object(
           'kind', c.relkind, 'persistence', c.relpersistence, 'owner', pg_get_userbyid(c.relowner), 'options', to_jsonb(c.reloptions),
           'row level security', c.relrowsecurity, 'forced row level security', c.relforcerowsecurity,
           'replica identity', c.relreplident, 'tablespace', c.reltablespace, 'access method', (select m.amname from pg_am m where m.oid = c.relam),
           'populated', c.relispopulated, 'partition', pg_get_expr(c.relpartbound, c.oid),
           'partition key', case c.relkind when 'p' then pg_get_partkeydef(c.oid) end,
           'parents', (select jsonb_agg(i.inhparent::regclass::text order by i.inhseqno) from pg_inherits i where i.inhrelid = c.oid),
           'definition', case when c.relkind in ('v', 'm') then md5(pg_get_viewdef(c.oid)) end,
           'settings', (select jsonb_build_array(format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache, s.seqcycle)
                          from pg_sequence s where s.seqrelid = c.oid),
           'owned by', case c.relkind when 'S' then (
              select jsonb_agg(d.refobjid::regclass::text || '.' || a.attname) from pg_depend d
                join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
               where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')
                 and d.refclassid = 'pg_class'::regclass) end,
           'privileges', case when c.relkind = 'S' then ${privileges('c.relacl', 's', 'c.relowner')}
                              when c.relkind <> 'c' then ${privileges('c.relacl', 'r', 'c.relowner')} end,
           'comment', ${comment('c.oid', 'pg_class')})
    from pg_class c ${OF_RELATIONS}
   where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f', 'c')`;

const COLUMNS = `
  select 'column', a.attname::text, ${RELATION}, jsonb_build_object(
           'type', format_type(a.atttypid, a.atttypmod), 'not null', a.attnotnull,
           'valid', not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'n' and k.conkey = array[a.attnum]
                                                           and not k.convalidated),
           'default', md5(pg_get_expr(f.adbin, f.adrelid)), 'identity', a.attidentity,
           'generated', to_jsonb(a) ->> 'attgenerated', 'collation', (select l.collname from pg_collation l where l.oid = a.attcollation),
           'storage', a.attstorage, 'compression', to_jsonb(a) ->> 'attcompression', 'statistics target', nullif(coalesce(a.attstattarget, -1), -1), 'options', to_jsonb(a.attoptions),
           'privileges', case when a.attacl is not null then ${privileges('a.attacl', 'c', 'c.relowner')} end,
           'comment', md5(col_description(c.oid, a.attnum)))
    from pg_class c ${OF_RELATIONS}
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef f on f.adrelid = c.oid and f.adnum = a.attnum
   where c.relkind in ('r', 'p', 'm', 'f', 'c')`;

const CONSTRAINTS = `
  select case k.contype when 'f' then 'foreign key' when 'p' then 'primary key' when 'u' then 'unique constraint'
                        when 'x' then 'exclusion constraint' when 'c' then 'check constraint' else 'constraint' end,
         k.conname::text, coalesce(${RELATION}, n.nspname || '.' || t.typname), jsonb_build_object(
           'definition', md5(pg_get_constraintdef(k.oid)), 'valid', k.convalidated, 'comment', ${comment('k.oid', 'pg_constraint')})
    from pg_constraint k
    join mine n on n.oid = k.connamespace
    left join pg_class c on c.oid = k.conrelid
    left join pg_type t on t.oid = k.contypid
   where k.contype <> 'n' and (c.oid is null or ${notOfExtension('c.oid', 'pg_class')})
     and (t.oid is null or ${notOfExtension('t.oid', 'pg_type')})`;

const INDEXES = `
  select 'index', ni.nspname || '.' || ci.relname, ${RELATION}, jsonb_build_object(
           'definition', md5(pg_get_indexdef(i.indexrelid)), 'valid', i.indisvalid and i.indisready and i.indislive,
           'clustered', i.indisclustered, 'replica identity', i.indisreplident, 'options', to_jsonb(ci.reloptions),
           'tablespace', ci.reltablespace, 'comment', ${comment('i.indexrelid', 'pg_class')})
    from pg_index i join pg_class c on c.oid = i.indrelid ${OF_RELATIONS}
    join pg_class ci on ci.oid = i.indexrelid join pg_namespace ni on ni.oid = ci.relnamespace
   where not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))`;

const TRIGGERS = `
  select 'trigger', g.tgname::text, ${RELATION}, jsonb_build_object(
           'definition', md5(pg_get_triggerdef(g.oid)), 'enabled', g.tgenabled, 'comment', ${comment('g.oid', 'pg_trigger')})
    from pg_trigger g join pg_class c on c.oid = g.tgrelid ${OF_RELATIONS} where not g.tgisinternal`;

const RULES = `
  select 'rule', r.rulename::text, ${RELATION}, jsonb_build_object(
           'definition', md5(pg_get_ruledef(r.oid)), 'enabled', r.ev_enabled, 'comment', ${comment('r.oid', 'pg_rewrite')})
    from pg_rewrite r join pg_class c on c.oid = r.ev_class ${OF_RELATIONS} where r.rulename <> '_RETURN'`;

const POLICIES = `
  select 'policy', p.polname::text, ${RELATION}, jsonb_build_object(
           'comment', ${comment('p.oid', 'pg_policy')}, 'definition', md5(concat_ws('|', p.polcmd, p.polpermissive,
           (select string_agg(coalesce(r.rolname, 'public'), ',' order by r.rolname) from unnest(p.polroles) o left join pg_roles r on r.oid = o),
           pg_get_expr(p.polqual, p.polrelid), '|', pg_get_expr(p.polwithcheck, p.polrelid))))
    from pg_policy p join pg_class c on c.oid = p.polrelid ${OF_RELATIONS}`;

const STATISTICS = `
  select 'statistics', n.nspname || '.' || s.stxname, s.stxrelid::regclass::text, jsonb_build_object(
           'definition', md5(pg_get_statisticsobjdef(s.oid)), 'owner', pg_get_userbyid(s.stxowner), 'comment', ${comment('s.oid', 'pg_statistic_ext')})
    from pg_statistic_ext s join mine n on n.oid = s.stxnamespace`;

const FUNCTIONS = `
  select case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
         n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', null, jsonb_build_object(
           'definition', case when p.prokind <> 'a' then md5(pg_get_functiondef(p.oid)) end, 'owner', pg_get_userbyid(p.proowner),
           'privileges', ${privileges('p.proacl', 'f', 'p.proowner')}, 'comment', ${comment('p.oid', 'pg_proc')})
    from pg_proc p join mine n on n.oid = p.pronamespace where ${notOfExtension('p.oid', 'pg_proc')}`;

const TYPES = `
  select case t.typtype when 'd' then 'domain' else 'type' end, n.nspname || '.' || t.typname, null, jsonb_build_object(
           'kind', t.typtype, 'labels', (select jsonb_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
           'base type', nullif(t.typbasetype, 0)::regtype::text, 'not null', t.typnotnull, 'default', md5(t.typdefault),
           'subtype', (select r.rngsubtype::regtype::text from pg_range r where r.rngtypid = t.oid),
           'owner', pg_get_userbyid(t.typowner), 'privileges', ${privileges('t.typacl', 'T', 't.typowner')},
           'comment', ${comment('t.oid', 'pg_type')})
    from pg_type t join mine n on n.oid = t.typnamespace
   where t.typtype in ('d', 'e', 'r') and ${notOfExtension('t.oid', 'pg_type')}`;

const REST = `
  select 'extension', e.extname::text, null, jsonb_build_object('version', e.extversion, 'schema', e.extnamespace::regnamespace::text)
    from pg_extension e
  union all
  select 'event trigger', v.evtname::text, null, jsonb_build_object('definition', md5(concat_ws('|', v.evtevent, v.evttags, v.evtfoid::regproc)),
           'enabled', v.evtenabled)
    from pg_event_trigger v
  union all
  select 'publication', b.pubname::text, null, jsonb_build_object('definition', md5((to_jsonb(b) - 'oid')::text), 'tables',
           (select jsonb_agg(r.prrelid::regclass::text order by r.prrelid::regclass::text) from pg_publication_rel r where r.prpubid = b.oid))
    from pg_publication b
  union all
  select 'default privileges', concat_ws(' ', pg_get_userbyid(d.defaclrole), nullif(d.defaclnamespace, 0)::regnamespace::text, d.defaclobjtype), null,
         jsonb_build_object('privileges', (select string_agg(x::text, ',' order by x::text) from unnest(d.defaclacl) x))
    from pg_default_acl d`;

/** Everybody's of the server, which a plan may give too. What the rehearsal itself changes of roles (login, password, connections) is left out. */
const ROLES = `
  select 'role', r.rolname::text, null::text, jsonb_build_object(
           'superuser', r.rolsuper, 'inherits', r.rolinherit, 'creates roles', r.rolcreaterole, 'creates databases', r.rolcreatedb,
           'replication', r.rolreplication, 'bypasses row security', r.rolbypassrls,
           'member of', (select jsonb_agg(m.roleid::regrole::text order by m.roleid::regrole::text) from pg_auth_members m where m.member = r.oid))
    from pg_roles r where r.oid >= ${FIRST_OF_USERS}
  union all
  select 'setting', concat_ws(' ', 'of', case when s.setrole <> 0 then 'role ' || s.setrole::regrole::text end,
                              case when s.setdatabase <> 0 then 'database ' || current_database() end), null,
         jsonb_build_object('values', (select jsonb_object_agg(split_part(c, '=', 1), md5(c)) from unnest(s.setconfig) c))
    from pg_db_role_setting s join pg_database d on d.datname = current_database() where s.setdatabase in (0, d.oid)
  union all
  select 'database', current_database()::text, null, jsonb_build_object(
           'owner', pg_get_userbyid(d.datdba), 'privileges', ${privileges('d.datacl', 'd', 'd.datdba')})
    from pg_database d where d.datname = current_database()`;

/** Told by their names and comments alone. */
const NAMED = [
  'pg_cast',
  'pg_collation',
  'pg_conversion',
  'pg_foreign_data_wrapper',
  'pg_foreign_server',
  'pg_language',
  'pg_opclass',
  'pg_operator',
  'pg_opfamily',
  'pg_ts_config',
  'pg_ts_dict',
  'pg_user_mapping',
].map(
  (catalog) => `
  select i.type, i.identity, null::text, jsonb_build_object('comment', ${comment('o.oid', catalog)})
    from ${catalog} o cross join pg_identify_object('${catalog}'::regclass, o.oid, 0) i
   where o.oid >= ${FIRST_OF_USERS} and ${notOfExtension('o.oid', catalog)}`,
);

const PARTS = [
  SCHEMAS,
  RELATIONS,
  COLUMNS,
  CONSTRAINTS,
  INDEXES,
  TRIGGERS,
  RULES,
  POLICIES,
  STATISTICS,
  FUNCTIONS,
  TYPES,
  REST,
  ROLES,
  ...NAMED,
];

/** Rows of kind, name, relation and facts. PostgreSQL 12 and later. */
export const CATALOG_SQL = `
  with mine as materialized (
    select n.* from pg_namespace n
     where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and ${notOfExtension('n.oid', 'pg_namespace')})
  ${PARTS.join('\n  union all\n')}`;
