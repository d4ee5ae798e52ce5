import type { PgClient } from '../../../pg/client.ts';

/** A column of a table, partitioned or not; partitions are counted with the table that they are part of. */
export interface TableColumn {
  /** `schema.name` */
  readonly table: string;
  /** Quoted, for SQL. */
  readonly relation: string;
  readonly oid: number;
  readonly name: string;
  readonly attnum: number;
  readonly type: string;
  /** Its default where that is a constant, or the one that it was added with: whoever wrote nothing wrote this. */
  readonly constant: string | null;
}

const COLUMNS = `
  select n.nspname || '.' || c.relname as "table", format('%I.%I', n.nspname, c.relname) as relation, c.oid::int8::float8 as oid,
         a.attname as name, a.attnum, format_type(a.atttypid, a.atttypmod) as type,
         coalesce(pg_get_expr(f.adbin, f.adrelid),
                  quote_literal((a.attmissingval::text::text[])[1]) || '::' || format_type(a.atttypid, a.atttypmod)) as constant
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_catalog.pg_attrdef f on f.adrelid = c.oid and f.adnum = a.attnum
   where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
     and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and coalesce(to_jsonb(a) ->> 'attgenerated', '') = ''
   order by c.oid, a.attnum`;

export async function tableColumns(client: PgClient): Promise<TableColumn[]> {
  const { rows } = await client.query<TableColumn>(COLUMNS);
  return rows.map((row) => ({ ...row, constant: row.constant === null ? null : constantOf(row.constant) }));
}

export function columnKey({ table, name }: Pick<TableColumn, 'table' | 'name'>): string {
  return JSON.stringify([table, name]);
}

/** The same column, also where it or its table has another name by now. */
export function isSameColumn(a: TableColumn, b: TableColumn): boolean {
  return a.oid === b.oid && a.attnum === b.attnum;
}

/** Which of the columns are not among those of before, neither by themselves nor by their name. */
export function addedTo(start: readonly TableColumn[], now: readonly TableColumn[]): TableColumn[] {
  const ids = new Set(start.map(columnId));
  const keys = new Set(start.map(columnKey));
  return now.filter((column) => !ids.has(columnId(column)) && !keys.has(columnKey(column)));
}

/** Those of tables that were there before, by themselves or by their name. */
export function ofTablesIn(start: readonly TableColumn[], now: readonly TableColumn[]): TableColumn[] {
  const oids = new Set(start.map(({ oid }) => oid));
  const names = new Set(start.map(({ table }) => table));
  return now.filter(({ oid, table }) => oids.has(oid) || names.has(table));
}

function columnId({ oid, attnum }: TableColumn): string {
  return `${oid}.${attnum}`;
}

/** The expression where it gives the same each time: a literal with its casts. */
function constantOf(expression: string): string | null {
  const bare = expression
    .replace(/'(?:[^']|'')*'/g, "''")
    .replace(/::[\w ."]+(?:\([\d, ]+\))?(?:\[\])*/g, '');
  return /^\(?(?:''|-?[\d.]+|true|false)\)?$/i.test(bare) ? expression : null;
}
