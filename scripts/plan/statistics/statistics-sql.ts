import { parse, type Node } from 'libpg-query';
import { parseParts } from '../../pg/sql/parse-parts.ts';
import { histogramShape } from './histogram-shape.ts';
import type { ColumnStatistics, Histogram, Statistics } from './statistics.ts';

/** Of a server that was built like nearly all; the statements tell pages. */
const PAGE_BYTES = 8192;

interface Gathered {
  rows: number | null;
  heapBytes: number;
  readonly columns: ColumnStatistics[];
}

/**
 * Gathers what `pg_dump --statistics` of PostgreSQL 18 writes: calls of pg_restore_relation_stats and pg_restore_attribute_stats
 * (documented with the database object statistics functions). The values that they hold are not kept.
 */
export class StatisticsSql {
  readonly #tables = new Map<string, Gathered>();
  #serverVersion = '';

  /** @returns whether it is a statement about statistics */
  async take(sql: string): Promise<boolean> {
    const parsed = await parse(sql).catch(() => undefined);
    return (parsed?.stmts ?? []).map(({ stmt }) => stmt !== undefined && this.#tell(stmt)).includes(true);
  }

  /** A whole file; lines of psql are passed over. @throws PartError where it is no SQL */
  async takeAll(text: string): Promise<void> {
    const sql = text.replace(/^\\.*$/gm, '');
    for await (const { statements } of parseParts(sql))
      for (const { stmt } of statements) if (stmt !== undefined) this.#tell(stmt);
  }

  /** Undefined where no statement told of a table that was analysed. */
  get statistics(): Statistics | undefined {
    // An index has pages and no columns of its own, but where it is on an expression.
    const tables = [...this.#tables].filter(
      ([, { columns, heapBytes }]) => columns.length > 0 || heapBytes === 0,
    );
    if (!tables.some(([, { columns }]) => columns.length > 0)) return undefined;
    return {
      format: 'dress-rehearsal statistics',
      version: 1,
      serverVersion: this.#serverVersion,
      tables: tables.map(([key, { rows, heapBytes, columns }]) => {
        const [schema = '', table = ''] = JSON.parse(key) as string[];
        return { schema, table, rows, heapBytes, toastBytes: null, indexBytes: null, columns };
      }),
    };
  }

  #tell(node: Node): boolean {
    const call = calledFunction(node);
    if (call === undefined) return false;
    const { schemaname = '', relname = '', version } = call.given;
    if (version !== undefined) this.#serverVersion = versionText(Number(version));
    const key = JSON.stringify([schemaname, relname]);
    const table = this.#tables.get(key) ?? { rows: null, heapBytes: 0, columns: [] };
    this.#tables.set(key, table);
    if (call.name === 'pg_restore_relation_stats') {
      const { relpages = '0', reltuples = '-1' } = call.given;
      table.heapBytes = Number(relpages) * PAGE_BYTES;
      table.rows = table.heapBytes === 0 ? 0 : Number(reltuples) < 0 ? null : Number(reltuples);
    } else if (call.given['inherited'] !== 't' && call.given['attname'] !== undefined) {
      table.columns.push(columnOf(call.given, call.given['attname']));
    }
    return true;
  }
}

function columnOf(given: Readonly<Record<string, string>>, name: string): ColumnStatistics {
  const { null_frac = '0', avg_width = '0', n_distinct = '0', most_common_freqs, correlation } = given;
  return {
    name,
    nullFraction: Number(null_frac),
    distinct: Number(n_distinct),
    averageWidthBytes: Number(avg_width),
    commonFrequencies: (most_common_freqs ?? '{}').slice(1, -1).split(',').filter(Boolean).map(Number),
    correlation: correlation === undefined ? null : Number(correlation),
    histogram: shapeOf(given['histogram_bounds'] ?? null),
  };
}

/** The statements do not tell the type: what holds other bounds than numbers or times has no shape. */
function shapeOf(bounds: string | null): Histogram | null {
  return histogramShape('numbers', bounds) ?? histogramShape('times', bounds);
}

interface Call {
  readonly name: string;
  /** By the names that the call gives them. */
  readonly given: Readonly<Record<string, string>>;
}

function calledFunction(node: Node): Call | undefined {
  if (!('SelectStmt' in node)) return undefined;
  const [from] = node.SelectStmt.fromClause ?? [];
  const { functions = [] } = from !== undefined && 'RangeFunction' in from ? from.RangeFunction : {};
  const [list] = functions;
  const [call] = list !== undefined && 'List' in list ? (list.List.items ?? []) : [];
  if (call === undefined || !('FuncCall' in call)) return undefined;
  const last = call.FuncCall.funcname?.at(-1);
  const name = last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
  if (name !== 'pg_restore_relation_stats' && name !== 'pg_restore_attribute_stats') return undefined;
  const texts = (call.FuncCall.args ?? []).map(constantOf);
  const pairs = texts.flatMap((key, at) => (at % 2 === 0 ? [[key, texts[at + 1] ?? ''] as const] : []));
  return { name, given: Object.fromEntries(pairs) };
}

function constantOf(node: Node): string {
  if ('TypeCast' in node && node.TypeCast.arg) return constantOf(node.TypeCast.arg);
  return 'A_Const' in node ? (node.A_Const.sval?.sval ?? '') : '';
}

/** `180006` → `18.6` */
function versionText(number: number): string {
  return `${Math.floor(number / 10_000)}.${number % 10_000}`;
}
