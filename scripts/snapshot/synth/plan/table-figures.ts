import type { ColumnStatistics, Statistics, TableStatistics } from '../../../plan/statistics/statistics.ts';
import { tableKey, type ColumnSchema, type TableSchema } from '../schema/table-schema.ts';
import type { Widths } from '../values/maker.ts';

/** What statistics say of a table, its partitions taken together. */
export interface TableFigures {
  /** In production; null = nobody knows. */
  readonly rows: number | null;
  readonly heapBytes: number;
  readonly toastBytes: number;
  readonly columns: ReadonlyMap<string, ColumnStatistics>;
  /** Of its partitions in the order of the schema; empty of a table that has none. */
  readonly leaves: readonly TableFigures[];
}

/** Undefined where the statistics do not have the table, or none of its partitions. */
export function figuresOf(table: TableSchema, statistics: Statistics): TableFigures | undefined {
  const byKey = new Map(statistics.tables.map((one) => [tableKey(one.schema, one.table), one]));
  if (table.leaves.length === 0) return single(byKey.get(table.key));
  const leaves = table.leaves.map(({ schema, name }) => single(byKey.get(tableKey(schema, name))));
  if (leaves.every((leaf) => leaf === undefined)) return undefined;
  return merged(leaves.map((leaf) => leaf ?? NOTHING));
}

const NOTHING: TableFigures = { rows: 0, heapBytes: 0, toastBytes: 0, columns: new Map(), leaves: [] };

function single(table: TableStatistics | undefined): TableFigures | undefined {
  if (table === undefined) return undefined;
  const { rows, heapBytes, toastBytes, columns } = table;
  return {
    rows,
    heapBytes,
    toastBytes: toastBytes ?? 0,
    columns: new Map(columns.map((column) => [column.name, column])),
    leaves: [],
  };
}

function merged(leaves: readonly TableFigures[]): TableFigures {
  const sum = (of: (leaf: TableFigures) => number): number => leaves.reduce((all, leaf) => all + of(leaf), 0);
  const rows = sum((leaf) => leaf.rows ?? 0);
  const names = new Set(leaves.flatMap(({ columns }) => [...columns.keys()]));
  const columns = [...names].map((name) => mergedColumn(name, leaves, rows));
  return {
    rows: leaves.some((leaf) => leaf.rows === null) && rows === 0 ? null : rows,
    heapBytes: sum(({ heapBytes }) => heapBytes),
    toastBytes: sum(({ toastBytes }) => toastBytes),
    columns: new Map(columns.map((column) => [column.name, column])),
    leaves,
  };
}

/** Means by the number of rows; frequencies of the partition with the most of them; bounds over all. */
function mergedColumn(name: string, leaves: readonly TableFigures[], rows: number): ColumnStatistics {
  const parts = leaves.flatMap((leaf) => {
    const column = leaf.columns.get(name);
    return column === undefined ? [] : [{ column, rows: leaf.rows ?? 0 }];
  });
  const all = Math.max(
    1,
    parts.reduce((sum, part) => sum + part.rows, 0),
  );
  const mean = (of: (column: ColumnStatistics) => number): number =>
    parts.reduce((sum, part) => sum + of(part.column) * part.rows, 0) / all;
  const [largest] = parts.toSorted((a, b) => b.rows - a.rows);
  const histograms = parts.flatMap(({ column }) => column.histogram ?? []);
  const [first] = histograms;
  const isShare = (largest?.column.distinct ?? -1) < 0;
  return {
    name,
    nullFraction: mean(({ nullFraction }) => nullFraction),
    distinct: isShare
      ? mean(({ distinct }) => (distinct < 0 ? distinct : -distinct / Math.max(1, rows)))
      : Math.max(...parts.map(({ column }) => column.distinct)),
    averageWidthBytes: mean(({ averageWidthBytes }) => averageWidthBytes),
    commonFrequencies: largest?.column.commonFrequencies ?? [],
    correlation: largest?.column.correlation ?? null,
    histogram:
      first === undefined
        ? null
        : { of: first.of, bounds: histograms.flatMap(({ bounds }) => bounds).sort((a, b) => a - b) },
  };
}

/** Bytes that a value has before it is told by its width: what lies in TOAST by its pointer (varatt_external). */
const POINTER_BYTES = 18;
const TOASTABLE = /^(?:text|varchar|bpchar|json|jsonb|bytea|xml|tsvector|hstore)$/;
/** What of a page of TOAST is no value. */
const TOAST_FILL = 0.97;
/** A row that is longer is shortened, its longest values first (TOAST_TUPLE_THRESHOLD). */
const TOAST_FROM_BYTES = 2000;
/** Of values in TOAST where nothing says how long they are. */
const USUAL_TOAST_BYTES = 6000;

/** How long the values of each column are: the bytes of TOAST belong to the columns that may have them, by what their widths allow. */
export function widthsOf(
  columns: readonly ColumnSchema[],
  { rows, toastBytes, columns: known }: TableFigures,
): ReadonlyMap<string, Widths> {
  const long = toastBytes > 0 ? columns.filter((column) => mayBeLong(column, known.get(column.name))) : [];
  const each = (toastBytes * TOAST_FILL) / Math.max(1, long.length);
  return new Map(
    columns.map((column) => {
      const { averageWidthBytes = usualWidth(column), nullFraction = 0 } = known.get(column.name) ?? {};
      const plain: Widths = { shortBytes: averageWidthBytes, longBytes: 0, longShare: 0 };
      if (!long.includes(column) || each <= 0) return [column.name, plain];
      const filled = Math.max(1, (rows ?? 0) * (1 - nullFraction));
      const isAll = averageWidthBytes <= POINTER_BYTES + 2;
      const longShare = isAll ? 1 : Math.min(0.95, each / (filled * USUAL_TOAST_BYTES));
      const longBytes = Math.max(TOAST_FROM_BYTES + 100, each / (filled * longShare));
      // A long value counts with its pointer: the others make up for it.
      const shortBytes =
        longShare === 1 ? longBytes : (averageWidthBytes - longShare * POINTER_BYTES) / (1 - longShare);
      return [column.name, { shortBytes, longBytes, longShare }];
    }),
  );
}

function mayBeLong({ type, isGenerated }: ColumnSchema, known: ColumnStatistics | undefined): boolean {
  if (isGenerated || !TOASTABLE.test(type.name) || type.kind !== 'base') return false;
  if (
    (type.name === 'varchar' || type.name === 'bpchar') &&
    type.modifier > 0 &&
    type.modifier < TOAST_FROM_BYTES
  )
    return false;
  return (known?.averageWidthBytes ?? POINTER_BYTES) >= POINTER_BYTES - 1 && (known?.nullFraction ?? 0) < 1;
}

function usualWidth({ type }: ColumnSchema): number {
  return TOASTABLE.test(type.name) ? 24 : 8;
}
