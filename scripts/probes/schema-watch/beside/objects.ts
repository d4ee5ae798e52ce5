import type { SchemaObject } from '../../../artifacts/records/of-plan/schema-records.ts';
import type { Asker } from '../../../pg/asker.ts';
import { registerNames } from '../../../pg/messages/public-names.ts';
import { FIRST_USER_OID } from '../../catalog.ts';
import { ownName } from './named.ts';

/** An object of the schema, and those that it cannot be without. */
interface Standing extends SchemaObject {
  /** Keys of what it is a part of: with one of them it goes without a word. */
  readonly parts: readonly string[];
}

/** By `catalog/oid/number`. */
export type Objects = ReadonlyMap<string, Standing>;

const rel = (oid: string): string =>
  `(select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = ${oid})`;
const cls = (oid: string): string => `'c/' || ${oid} || '/0'`;
/** The one column of an index or a constraint; of more than one none. */
const only = (columns: string, relation: string): string =>
  `case when cardinality(${columns}) = 1 then 'c/' || ${relation} || '/' || (${columns})[1] end`;
const isOwn = (oid: string): string => `${oid} >= ${FIRST_USER_OID}`;

const OBJECTS = `
  select 'c/' || c.oid || '/0', case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
           when 'f' then 'foreign table' when 'i' then 'index' when 'I' then 'index' else 'table' end,
         case when i.indrelid is null then n.nspname || '.' || c.relname else c.relname end, ${rel('i.indrelid')},
         array['n/' || c.relnamespace || '/0', ${cls('i.indrelid')}, 'k/' || k.oid || '/0',
               case when i.indnatts = 1 and i.indkey[0] > 0 then 'c/' || i.indrelid || '/' || i.indkey[0] end,
               ${cls('d.refobjid')}, 'c/' || d.refobjid || '/' || d.refobjsubid]
           || array(select ${cls('h.inhparent')} from pg_inherits h where h.inhrelid = c.oid)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_index i on i.indexrelid = c.oid
    left join pg_constraint k on k.conindid = c.oid and k.contype in ('p', 'u', 'x')
    left join pg_depend d on c.relkind = 'S' and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')
                         and d.refclassid = 'pg_class'::regclass
   where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f', 'i', 'I') and c.relpersistence <> 't' and ${isOwn('c.oid')}
     and n.nspname not like 'pg\\_toast%'
   union all
  select 'k/' || k.oid || '/0', case k.contype when 'f' then 'foreign key' when 'c' then 'check constraint' when 'p' then 'primary key'
           when 'u' then 'unique constraint' else 'constraint' end,
         k.conname, ${rel('k.conrelid')}, array[${cls('k.conrelid')}, ${only('k.conkey', 'k.conrelid')}]
    from pg_constraint k
   where k.conrelid <> 0 and k.conparentid = 0 and k.contype in ('f', 'c', 'p', 'u', 'x') and k.conislocal and ${isOwn('k.oid')}
   union all
  select 'c/' || a.attrelid || '/' || a.attnum, 'column', a.attname, n.nspname || '.' || c.relname,
         array[${cls('a.attrelid')}] || array(select 'c/' || h.inhparent || '/0' from pg_inherits h where h.inhrelid = c.oid)
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p', 'f') and c.relpersistence <> 't' and a.attnum > 0 and not a.attisdropped and ${isOwn('c.oid')}
   union all
  select 'd/' || d.oid || '/0', 'default', a.attname, ${rel('d.adrelid')},
         array[${cls('d.adrelid')}, 'c/' || d.adrelid || '/' || d.adnum]
    from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where ${isOwn('d.oid')}
   union all
  select 'p/' || p.oid || '/0', case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
         n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', null, array['n/' || p.pronamespace || '/0']
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${isOwn('p.oid')}
   union all
  select 't/' || t.oid || '/0', 'trigger', t.tgname, ${rel('t.tgrelid')}, array[${cls('t.tgrelid')}]
    from pg_trigger t where not t.tgisinternal and ${isOwn('t.oid')}
   union all
  select 'o/' || o.oid || '/0', 'policy', o.polname, ${rel('o.polrelid')}, array[${cls('o.polrelid')}]
    from pg_policy o where ${isOwn('o.oid')}
   union all
  select 'w/' || w.oid || '/0', 'rule', w.rulename, ${rel('w.ev_class')}, array[${cls('w.ev_class')}]
    from pg_rewrite w where w.rulename <> '_RETURN' and ${isOwn('w.oid')}
   union all
  select 's/' || s.oid || '/0', 'statistics', s.stxname, ${rel('s.stxrelid')}, array[${cls('s.stxrelid')}]
    from pg_statistic_ext s where ${isOwn('s.oid')}
   union all
  select 'y/' || y.oid || '/0', case y.typtype when 'd' then 'domain' else 'type' end, n.nspname || '.' || y.typname, null,
         array['n/' || y.typnamespace || '/0']
    from pg_type y join pg_namespace n on n.oid = y.typnamespace left join pg_class c on c.oid = y.typrelid
   where (y.typtype in ('d', 'e', 'r') or c.relkind = 'c') and ${isOwn('y.oid')}
   union all
  select 'n/' || n.oid || '/0', 'schema', n.nspname, null, '{}' from pg_namespace n where ${isOwn('n.oid')}
     and n.nspname not like 'pg\\_%'
   union all
  select 'e/' || e.oid || '/0', 'extension', e.extname, null, '{}' from pg_extension e`;

/** What belongs to an extension comes and goes with it. */
const OF_EXTENSIONS = `
  select case classid when 'pg_class'::regclass then 'c' when 'pg_proc'::regclass then 'p' when 'pg_type'::regclass then 'y'
           when 'pg_namespace'::regclass then 'n' end || '/' || objid || '/0', 'e/' || refobjid || '/0'
    from pg_depend where deptype = 'e'
     and classid in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_namespace'::regclass)`;

type Row = [key: string, kind: string, name: string, relation: string | null, parts: (string | null)[]];

/** Everything that can fall with something else. Opens no relation. @throws what PostgreSQL says */
export async function readObjects(client: Asker): Promise<Objects> {
  const { rows } = await client.query<Row>({ text: OBJECTS, rowMode: 'array' });
  const { rows: members } = await client.query<[string, string]>({ text: OF_EXTENSIONS, rowMode: 'array' });
  const extensions = new Map(members);
  // What the server will say of them may be told.
  registerNames(rows.map(([, kind, name]) => ownName({ kind, name })));
  return new Map(
    rows.map(([key, kind, name, relation, parts]) => {
      const extension = extensions.get(key) ?? null;
      return [key, { kind, name, relation, parts: [...parts, extension].filter((part) => part !== null) }];
    }),
  );
}

/**
 * What was there and is gone, but for what is a part of something else that is gone, and what is there again under its name.
 * @param isNamed whether the statement itself names it
 */
export function fallen(
  before: Objects,
  now: Objects,
  isNamed: (object: SchemaObject) => boolean,
): SchemaObject[] {
  const again = new Set([...now.values()].map(titleOf));
  const gone = [...before].flatMap(([key, object]) => {
    if (now.has(key) || isNamed(object) || again.has(titleOf(object))) return [];
    if (object.parts.some((part) => before.has(part) && !now.has(part))) return [];
    const { kind, name, relation } = object;
    return [{ kind, name, relation }];
  });
  return gone.sort((a, b) => compare(a.kind, b.kind) || compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Those of `objects` that are there. */
export function standing(objects: readonly SchemaObject[], now: Objects): SchemaObject[] {
  const titles = new Set([...now.values()].map(titleOf));
  return objects.filter((object) => titles.has(titleOf(object)));
}

function titleOf({ kind, name, relation }: SchemaObject): string {
  return JSON.stringify([kind, name, relation]);
}
