import type { PgClient } from '../../../pg/client.ts';
import type { TableColumn } from './tables.ts';

/** What a column lets in by its own. */
interface AllowedColumn extends Omit<TableColumn, 'constant'> {
  /** As declared; of a domain its name. */
  readonly type: string;
  /** With its length or precision; of a domain what it is made of. */
  readonly base: string;
  readonly isNotNull: boolean;
  /** Of an enum, also where the column is an array of it. */
  readonly labels: readonly string[] | null;
  readonly isArray: boolean;
  /** Of a domain, over `VALUE`. */
  readonly checks: readonly string[];
}

/** A CHECK of a table that all rows keep. */
interface AllowedRows {
  readonly oid: number;
  readonly table: string;
  readonly relation: string;
  readonly name: string;
  readonly expression: string;
  /** Attribute numbers. */
  readonly columns: readonly number[];
}

/** A unique key of plain columns, or a foreign key, that all rows keep. */
export interface AllowedKey {
  readonly oid: number;
  readonly table: string;
  readonly relation: string;
  /** Of the index or the constraint. */
  readonly name: string;
  readonly kind: 'unique' | 'reference';
  /** Attribute numbers. */
  readonly columns: readonly number[];
  /** Quoted names, in the order of the key. */
  readonly names: readonly string[];
  /** Of a partial index, over the columns of the table; else null. */
  readonly predicate: string | null;
  /** What a foreign key refers to; null of a unique key. */
  readonly parent: { readonly relation: string; readonly names: readonly string[] } | null;
}

/** What the catalog lets into tables, partitioned or not. */
export interface Allowed {
  readonly columns: readonly AllowedColumn[];
  readonly checks: readonly AllowedRows[];
  readonly keys: readonly AllowedKey[];
}

const OF_TABLES = `c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
     and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;
const RELATION = `n.nspname || '.' || c.relname as "table", format('%I.%I', n.nspname, c.relname) as relation, c.oid::int8::float8 as oid`;

/** From PostgreSQL 18 on NOT NULL is a constraint that may be NOT VALID as yet. */
const COLUMNS = `
  select ${RELATION}, a.attname as name, a.attnum, format_type(a.atttypid, a.atttypmod) as type,
         case t.typtype when 'd' then format_type(t.typbasetype, t.typtypmod) else format_type(a.atttypid, a.atttypmod) end as base,
         t.typnotnull or (a.attnotnull and not exists (
           select from pg_catalog.pg_constraint k where k.conrelid = c.oid and k.contype = 'n' and k.conkey = array[a.attnum] and not k.convalidated
         )) as "isNotNull",
         (select jsonb_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e
           where e.enumtypid = case when t.typtype = 'd' then t.typbasetype when t.typcategory = 'A' then t.typelem else t.oid end) as labels,
         t.typcategory = 'A' as "isArray",
         coalesce((select jsonb_agg(pg_get_expr(k.conbin, 0) order by k.conname) from pg_catalog.pg_constraint k
                    where k.contypid = t.oid and k.contype = 'c' and k.convalidated), '[]') as checks
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_catalog.pg_type t on t.oid = a.atttypid
   where ${OF_TABLES}
   order by c.oid, a.attnum`;

const CHECKS = `
  select ${RELATION}, k.conname as name, pg_get_expr(k.conbin, k.conrelid) as expression, to_jsonb(k.conkey) as columns
    from pg_catalog.pg_constraint k
    join pg_catalog.pg_class c on c.oid = k.conrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where ${OF_TABLES} and k.contype = 'c' and k.convalidated
   order by c.oid, k.conname`;

/** NULLS NOT DISTINCT and keys of expressions are left out: they say something else than that the columns are the same. */
const KEYS = `
  select ${RELATION}, x.relname as name, 'unique' as kind, to_jsonb(i.indkey::int2[]) as columns, pg_get_expr(i.indpred, c.oid) as predicate, null::jsonb as parent,
         (select jsonb_agg(quote_ident(a.attname) order by array_position(i.indkey::int2[], a.attnum)) from pg_catalog.pg_attribute a
           where a.attrelid = c.oid and a.attnum = any (i.indkey::int2[])) as names
    from pg_catalog.pg_index i
    join pg_catalog.pg_class x on x.oid = i.indexrelid
    join pg_catalog.pg_class c on c.oid = i.indrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where ${OF_TABLES} and i.indisunique and i.indisvalid and i.indexprs is null and i.indnatts = i.indnkeyatts
     and coalesce(to_jsonb(i) ->> 'indnullsnotdistinct', 'false') = 'false'
  union all
  select ${RELATION}, k.conname, 'reference', to_jsonb(k.conkey), null,
         jsonb_build_object('relation', k.confrelid::regclass::text, 'names', (select jsonb_agg(quote_ident(a.attname) order by array_position(k.confkey, a.attnum))
           from pg_catalog.pg_attribute a where a.attrelid = k.confrelid and a.attnum = any (k.confkey))),
         (select jsonb_agg(quote_ident(a.attname) order by array_position(k.conkey, a.attnum)) from pg_catalog.pg_attribute a
           where a.attrelid = c.oid and a.attnum = any (k.conkey))
    from pg_catalog.pg_constraint k
    join pg_catalog.pg_class c on c.oid = k.conrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where ${OF_TABLES} and k.contype = 'f' and k.convalidated
   order by 3, 4`;

export async function allowedNow(client: PgClient): Promise<Allowed> {
  const columns = await client.query<AllowedColumn>(COLUMNS);
  const checks = await client.query<AllowedRows>(CHECKS);
  const keys = await client.query<AllowedKey>(KEYS);
  return { columns: columns.rows, checks: checks.rows, keys: keys.rows };
}
