import type { Asker } from '../../../pg/asker.ts';
import { sqlstateOf } from '../../../pg/pg-error.ts';
import type { Asked, AskedColumn, AskedName } from './asked.ts';
import { indexDifferences, indexShape, shapeOf } from './index-shape.ts';

/** What is there instead of what a skipped statement asked for; empty = nothing that it did not ask for. */
export async function differencesOf(asked: Asked, client: Asker): Promise<string[]> {
  switch (asked.what) {
    case 'missing':
      return near(asked, client);
    case 'columns':
      return columnDifferences(asked, client);
    case 'index': {
      const is = await relationOf(asked.relation, client);
      if (is === undefined) return [];
      if (is.definition === null) return [`it is a ${is.kind}`];
      const shape = await shapeOf(is.definition);
      return shape === undefined ? [] : indexDifferences(shape, indexShape(asked.index));
    }
    case 'kind': {
      const is = await relationOf(asked.relation, client);
      return is === undefined || is.kind === asked.kind ? [] : [`it is a ${is.kind}`];
    }
  }
}

export function titleOf(asked: Asked): string {
  const { schema, name } = asked.relation;
  const relation = schema === null || schema === 'public' ? name : `${schema}.${name}`;
  if (asked.what === 'missing')
    return asked.part === null ? `${asked.kind} ${relation}` : `${asked.kind} ${asked.part} of ${relation}`;
  if (asked.what === 'index') return `index ${relation}`;
  if (asked.what === 'columns' && asked.kind === 'column')
    return `column ${asked.columns[0]?.name ?? ''} of ${relation}`;
  return `${asked.kind} ${relation}`;
}

interface Relation {
  readonly oid: number;
  readonly kind: string;
  /** Of an index. */
  readonly definition: string | null;
  readonly partitionOf: string | null;
}

const KIND = `case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' when 'f' then 'foreign table'
  when 'i' then 'index' when 'I' then 'index' when 'c' then 'type' else 'table' end`;
const IS_USERS = `n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'`;

/** The search_path of the statement is not known here: `public` comes before other schemas. */
async function relationOf({ schema, name }: AskedName, client: Asker): Promise<Relation | undefined> {
  const { rows } = await client.query<[string, string, string | null, string | null]>({
    text: `select c.oid::bigint, ${KIND}, case when c.relkind in ('i', 'I') then pg_get_indexdef(c.oid) end,
                  (select p.relname from pg_inherits h join pg_class p on p.oid = h.inhparent where h.inhrelid = c.oid and c.relispartition)
             from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relname = $1 and ($2::text is null and ${IS_USERS} or n.nspname = $2) order by (n.nspname = 'public') desc limit 1`,
    values: [name, schema],
    rowMode: 'array',
  });
  const [row] = rows;
  return row && { oid: Number(row[0]), kind: row[1], definition: row[2], partitionOf: row[3] };
}

async function columnDifferences(
  { relation, kind, columns, partitionOf }: Extract<Asked, { what: 'columns' }>,
  client: Asker,
): Promise<string[]> {
  const is = await relationOf(relation, client);
  if (is === undefined) return [];
  if (is.kind !== 'table') return [`it is a ${is.kind}`];
  const there = await columnsOf(is.oid, client);
  const parent =
    partitionOf === null || partitionOf === is.partitionOf ? [] : [`it is no partition of ${partitionOf}`];
  const each = [];
  for (const column of columns) each.push(...(await columnDifference(column, kind, there, client)));
  return [...parent, ...each];
}

interface ColumnThere {
  readonly type: string;
  readonly isNotNull: boolean;
}

async function columnDifference(
  { name, type, isNotNull }: AskedColumn,
  kind: string,
  there: ReadonlyMap<string, ColumnThere>,
  client: Asker,
): Promise<string[]> {
  const column = there.get(name);
  if (column === undefined) return [`it has no column ${name}`];
  const asked = await typeOf(type, client);
  const which = kind === 'column' ? 'it' : `column ${name}`;
  return [
    ...(asked === null || asked === column.type ? [] : [`${which} is ${column.type} instead of ${asked}`]),
    ...(isNotNull && !column.isNotNull ? [`${which} allows NULL`] : []),
  ];
}

/** Domains count as what they are made from: so the server tells of a result's columns. */
async function columnsOf(oid: number, client: Asker): Promise<Map<string, ColumnThere>> {
  const { rows } = await client.query<[string, string, boolean]>({
    text: `select a.attname, case t.typtype when 'd' then format_type(t.typbasetype, t.typtypmod) else format_type(a.atttypid, a.atttypmod) end,
                  a.attnotnull
             from pg_attribute a join pg_type t on t.oid = a.atttypid where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped`,
    values: [oid],
    rowMode: 'array',
  });
  return new Map(rows.map(([name, type, isNotNull]) => [name, { type, isNotNull }]));
}

/** Null where there is no such type by now. */
async function typeOf(type: string, client: Asker): Promise<string | null> {
  try {
    const { fields } = await client.query({ text: `select null::${type} limit 0`, rowMode: 'array' });
    const [field] = fields;
    if (field === undefined) return null;
    const { rows } = await client.query<[string]>({
      text: 'select format_type($1, $2)',
      values: [field.dataTypeID, field.dataTypeModifier],
      rowMode: 'array',
    });
    return rows[0]?.[0] ?? null;
  } catch (error) {
    if (sqlstateOf(error) === undefined) throw error;
    return null;
  }
}

/** The same name but for its case and underscores. */
const IS_LIKE = (column: string): string =>
  `lower(replace(${column}, '_', '')) = lower(replace($1, '_', ''))`;

/** Every object that the statement can have meant, with the schema or the arguments that it lacks. */
async function near(
  { kind, relation, part }: Extract<Asked, { what: 'missing' }>,
  client: Asker,
): Promise<string[]> {
  const query = part === null ? wholes(kind) : PARTS[kind];
  if (query === undefined) return [];
  const { rows } = await client.query<[string]>({
    text: `${query} order by 1 limit 4`,
    values: part === null ? [relation.name] : [part, relation.name],
    rowMode: 'array',
  });
  // Where many schemas have one, as with one schema a tenant, another one's is not meant.
  if (part === null && rows.length > 1 && kind !== 'function') return [];
  return rows.map(([found]) => `${kind} ${found}`);
}

function wholes(kind: string): string {
  if (kind === 'function')
    return `select n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'
              from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${IS_LIKE('p.proname')} and ${IS_USERS}`;
  return `select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where ${IS_LIKE('c.relname')} and ${KIND} = '${kind}' and ${IS_USERS}`;
}

const ON_TABLE = `join pg_class c on c.oid = %s join pg_namespace n on n.oid = c.relnamespace where c.relname = $2 and ${IS_USERS}`;
const on = (column: string): string => ON_TABLE.replace('%s', column);
const PARTS: Readonly<Record<string, string>> = {
  column: `select a.attname from pg_attribute a ${on('a.attrelid')} and a.attnum > 0 and not a.attisdropped and ${IS_LIKE('a.attname')}`,
  constraint: `select k.conname from pg_constraint k ${on('k.conrelid')} and ${IS_LIKE('k.conname')}`,
  trigger: `select t.tgname from pg_trigger t ${on('t.tgrelid')} and not t.tgisinternal and ${IS_LIKE('t.tgname')}`,
  policy: `select o.polname from pg_policy o ${on('o.polrelid')} and ${IS_LIKE('o.polname')}`,
  rule: `select w.rulename from pg_rewrite w ${on('w.ev_class')} and ${IS_LIKE('w.rulename')}`,
};
