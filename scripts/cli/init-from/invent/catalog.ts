import type { PgClient } from '../../../pg/client.ts';

export interface Column {
  readonly name: string;
  /** Its attnum: stays when it is renamed. */
  readonly number: number;
  /** As in a cast, such as `character varying(20)`. */
  readonly type: string;
  /** Its name in pg_type, such as `varchar`. */
  readonly typeName: string;
  /** Of an enum. */
  readonly labels: readonly string[];
  readonly isArray: boolean;
  readonly isNullable: boolean;
  /** Identity, or a default. */
  readonly isFilled: boolean;
  /** Its value counts up from 1: an identity, or a sequence. */
  readonly counts: boolean;
  /** Nobody writes it. */
  readonly isGenerated: boolean;
  /** Its default in SQL, of a generated column what it is made of. */
  readonly defaultSql: string | null;
  /** Of a domain: what its values have to keep, in SQL. */
  readonly domainChecks: string | null;
}

/** What each row has to keep: a CHECK, or the bounds of all partitions together. */
export interface Check {
  readonly columns: readonly string[];
  /** Names the columns as they are. */
  readonly sql: string;
}

export interface ForeignKey {
  readonly columns: readonly string[];
  readonly to: string;
  readonly toColumns: readonly string[];
}

export interface Table {
  /** Stays when it is renamed. */
  readonly oid: number;
  /** As in SQL: quoted where it has to be, with its schema where that is not public. */
  readonly sqlName: string;
  readonly name: string;
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
  /** Of each unique index; those of an expression or a condition are left out. */
  readonly unique: readonly (readonly string[])[];
  readonly foreignKeys: readonly ForeignKey[];
  /** Those of fewer columns first. */
  readonly checks: readonly Check[];
  readonly hasRows: boolean;
}

interface Own {
  readonly oid: number;
}

/** Where migration tools keep their own records. */
const LEDGERS =
  '^(_prisma_migrations|schema_migrations|_sqlx_migrations|flyway_schema_history|goose_db_version|gorp_migrations|pgmigrations|__diesel_schema_migrations|schemaversion|_yoyo_.*|yoyo_lock|atlas_schema_revisions|refinery_schema_history|__drizzle_migrations)$';

const TABLES = `
select c.oid::int as oid, c.relname as name,
       case n.nspname when 'public' then quote_ident(c.relname) else format('%I.%I', n.nspname, c.relname) end as "sqlName",
       coalesce((select array_agg(a.attname::text order by k.place)
                   from pg_index i, unnest(i.indkey::int[]) with ordinality k (number, place), pg_attribute a
                  where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid and a.attnum = k.number), '{}') as "primaryKey"
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^(pg_|information_schema$)'
   and c.relname !~ '${LEDGERS}'
   and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
 order by n.nspname, c.relname`;

const COLUMNS = `
select a.attrelid::int as oid, a.attnum::int as number, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
       coalesce(b.typname, t.typname) as "typeName", t.typcategory = 'A' as "isArray", not a.attnotnull as "isNullable",
       (a.attidentity <> '' or a.atthasdef) as "isFilled", a.attgenerated <> '' as "isGenerated",
       (a.attidentity <> '' or coalesce(pg_get_expr(d.adbin, d.adrelid) ~ '^nextval', false)) as counts,
       coalesce((select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid = coalesce(b.oid, t.oid)), '{}') as labels,
       pg_get_expr(d.adbin, d.adrelid) as "defaultSql",
       (select string_agg(pg_get_constraintdef(c.oid), ' ') from pg_constraint c where c.contypid = t.oid) as "domainChecks"
  from pg_attribute a
  join pg_type t on t.oid = a.atttypid left join pg_type b on b.oid = nullif(t.typbasetype, 0)
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
 where a.attnum > 0 and not a.attisdropped and a.attrelid = any($1::int[]::oid[])
 order by a.attrelid, a.attnum`;

const NAMES = (keys: string, relation: string): string =>
  `(select array_agg(a.attname::text order by k.place) from unnest(${keys}) with ordinality k (number, place)
      join pg_attribute a on a.attrelid = ${relation} and a.attnum = k.number)`;

const FOREIGN_KEYS = `
select conrelid::int as oid, confrelid::int as "toOid", ${NAMES('conkey', 'conrelid')} as columns, ${NAMES('confkey', 'confrelid')} as "toColumns"
  from pg_constraint where contype = 'f' and conparentid = 0 and conrelid = any($1::int[]::oid[]) order by conrelid, conname`;

const UNIQUE = `
select indrelid::int as oid, ${NAMES('indkey::int[]', 'indrelid')} as columns
  from pg_index where indisunique and indpred is null and indexprs is null and indrelid = any($1::int[]::oid[])`;

const CHECKS = `
select conrelid::int as oid, ${NAMES('conkey', 'conrelid')} as columns, pg_get_expr(conbin, conrelid) as sql
  from pg_constraint where contype = 'c' and conkey is not null and conrelid = any($1::int[]::oid[])
 order by cardinality(conkey), conname`;

/** Of a partitioned table without partitions nothing, for it takes no row at all. */
const PARTITION_BOUNDS = `
select p.partrelid::int as oid, keys.columns, leaves.sql
  from pg_partitioned_table p,
       lateral (select array_agg(distinct a.attname::text) as columns
                  from pg_partition_tree(p.partrelid) t join pg_partitioned_table q on q.partrelid = t.relid
                  join pg_attribute a on a.attrelid = q.partrelid and a.attnum = any(q.partattrs::int2[])) keys,
       lateral (select string_agg('(' || coalesce(pg_get_partition_constraintdef(t.relid), 'true') || ')', ' or ') as sql
                  from pg_partition_tree(p.partrelid) t where t.isleaf and t.relid <> p.partrelid) leaves
 where keys.columns is not null and leaves.sql is not null and p.partrelid = any($1::int[]::oid[])`;

/** The tables of the app; those that a migration tool keeps for itself are none. */
export async function readCatalog(client: PgClient): Promise<Table[]> {
  const { rows: tables } = await client.query<Pick<Table, 'oid' | 'name' | 'sqlName' | 'primaryKey'>>(TABLES);
  const oids = [tables.map(({ oid }) => oid)];
  const { rows: columns } = await client.query<Column & Own>(COLUMNS, oids);
  const { rows: keys } = await client.query<ForeignKey & Own & { toOid: number }>(FOREIGN_KEYS, oids);
  const { rows: unique } = await client.query<{ columns: string[] } & Own>(UNIQUE, oids);
  const { rows: own } = await client.query<Check & Own>(CHECKS, oids);
  const { rows: bounds } = await client.query<Check & Own>(PARTITION_BOUNDS, oids);
  const names = new Map(tables.map(({ oid, sqlName }) => [oid, sqlName]));
  const of = <T extends Own>(all: readonly T[], oid: number): T[] => all.filter((one) => one.oid === oid);
  const read: Table[] = [];
  for (const { oid, name, sqlName, primaryKey } of tables) {
    const { rows } = await client.query<{ some: boolean }>(`select exists (select from ${sqlName}) as some`);
    read.push({
      oid,
      name,
      sqlName,
      primaryKey,
      columns: of(columns, oid),
      hasRows: rows[0]?.some === true,
      unique: of(unique, oid).map((index) => index.columns),
      checks: [...of(bounds, oid), ...of(own, oid)],
      foreignKeys: of(keys, oid).map((key) => ({ ...key, to: names.get(key.toOid) ?? '' })),
    });
  }
  return read;
}
