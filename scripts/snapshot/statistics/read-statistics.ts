import type pg from 'pg';
import { histogramOf, histogramShape } from '../../plan/statistics/histogram-shape.ts';
import type { ColumnStatistics, Statistics, TableStatistics } from '../../plan/statistics/statistics.ts';
import { groupBy } from '../../shared/group-by.ts';
import { columnType } from '../mask/columns/column-type.ts';
import { ColumnEvidence } from '../mask/detect/column-evidence.ts';

interface TableRow {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly rows: number;
  /** bigint, as text. */
  readonly heap: string;
  readonly toast: string;
  readonly indexes: string;
}

interface ColumnRow {
  readonly oid: string;
  readonly name: string;
  readonly type: string;
  readonly nulls: number;
  readonly distinct: number;
  readonly width: number;
  readonly frequencies: number[] | null;
  readonly correlation: number | null;
  /** Only where it holds numbers or times. */
  readonly bounds: string | null;
}

const OURS = `c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

const TABLES = `
  select c.oid::text as oid, n.nspname as schema, c.relname as name, c.reltuples::float8 as rows,
         pg_catalog.pg_relation_size(c.oid) as heap, pg_catalog.pg_indexes_size(c.oid) as indexes,
         case when c.reltoastrelid = 0 then 0 else pg_catalog.pg_relation_size(c.reltoastrelid) end as toast
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
   where ${OURS} order by 2, 3`;

/** pg_stats shows the rows of pg_statistic that the role may see: `pg_read_all_data` sees all. */
const COLUMNS = `
  select c.oid::text as oid, s.attname as name, t.typname as type, s.null_frac::float8 as nulls, s.n_distinct::float8 as distinct,
         s.avg_width as width, s.most_common_freqs::float8[] as frequencies, s.correlation::float8 as correlation,
         case when t.typname = any ('{int2,int4,int8,numeric,float4,float8,date,timestamp,timestamptz}')
              then s.histogram_bounds::text end as bounds
    from pg_catalog.pg_stats as s
    join pg_catalog.pg_namespace as n on n.nspname = s.schemaname
    join pg_catalog.pg_class as c on c.relnamespace = n.oid and c.relname = s.tablename
    join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attname = s.attname
    join pg_catalog.pg_type as t on t.oid = a.atttypid
   where ${OURS} and not s.inherited
   order by c.oid, a.attnum`;

/**
 * The shape of a database that was analysed, by the statistics of its planner. Reads no row and tells no value: of the most common
 * values only how common they are, and no histogram of a column that looks personal, by the detector of masking.
 * @param client is in no transaction
 */
export async function readStatistics(client: pg.Client): Promise<Statistics> {
  await client.query('begin transaction read only');
  try {
    await client.query(
      "set local datestyle = 'ISO'; set local timezone = 'UTC'; set local extra_float_digits = 1",
    );
    const tables = await client.query<TableRow>(TABLES);
    const columns = await client.query<ColumnRow>(COLUMNS);
    const version = await client.query<{ server_version: string }>('show server_version');
    const byTable = groupBy(columns.rows, ({ oid }) => oid);
    return {
      format: 'dress-rehearsal statistics',
      version: 1,
      serverVersion: version.rows[0]?.server_version ?? '',
      tables: tables.rows.map((table) => tableStatistics(table, byTable.get(table.oid) ?? [])),
    };
  } finally {
    await client.query('rollback');
  }
}

function tableStatistics(row: TableRow, columns: readonly ColumnRow[]): TableStatistics {
  const { schema, name, rows, heap, toast, indexes } = row;
  const isEmpty = Number(heap) === 0;
  return {
    schema,
    table: name,
    // -1 = never analysed (PostgreSQL 14; before, 0 with pages).
    rows: isEmpty ? 0 : rows <= 0 ? null : rows,
    heapBytes: Number(heap),
    toastBytes: Number(toast),
    indexBytes: Number(indexes),
    columns: columns.map((column) => columnStatistics(column, name)),
  };
}

function columnStatistics(row: ColumnRow, table: string): ColumnStatistics {
  const { name, type, nulls, distinct, width, frequencies, correlation, bounds } = row;
  const of = histogramOf(type);
  return {
    name,
    nullFraction: nulls,
    distinct,
    averageWidthBytes: width,
    commonFrequencies: frequencies ?? [],
    correlation,
    histogram: of === undefined || isPersonal(row, table) ? null : histogramShape(of, bounds),
  };
}

/** By the column's name, and by what its bounds look like: a card's number is one. */
function isPersonal({ name, type, bounds }: ColumnRow, table: string): boolean {
  const evidence = new ColumnEvidence({
    table,
    column: name,
    type: columnType(type, false),
    isLabelled: false,
  });
  for (const bound of (bounds ?? '{}').slice(1, -1).split(',')) evidence.see(bound.replaceAll('"', ''));
  return evidence.verdict() !== undefined;
}
