import { parse, type IndexElem, type IndexStmt, type Node } from 'libpg-query';

/** An index as far as two ways of writing it can be compared without a server. */
interface IndexShape {
  readonly table: string;
  readonly isUnique: boolean;
  readonly method: string;
  /** A column with its order, or the names and words in an expression. */
  readonly keys: readonly string[];
  readonly included: readonly string[];
  /** Names and words of its condition; null = it has none. */
  readonly where: string | null;
}

export function indexShape(index: IndexStmt): IndexShape {
  const { relation, unique = false, accessMethod = 'btree', indexParams = [] } = index;
  const { indexIncludingParams = [], whereClause } = index;
  return {
    table: relation?.relname ?? '',
    isUnique: unique,
    method: accessMethod,
    keys: indexParams.map(keyOf),
    included: indexIncludingParams.map(keyOf).sort(),
    where: whereClause === undefined ? null : wordsOf(whereClause),
  };
}

/** @param definition as pg_get_indexdef gives it */
export async function shapeOf(definition: string): Promise<IndexShape | undefined> {
  const parsed = await parse(definition).catch(() => undefined);
  const node = parsed?.stmts?.[0]?.stmt;
  return node !== undefined && 'IndexStmt' in node ? indexShape(node.IndexStmt) : undefined;
}

/** How what is there differs from what was asked for, as people say it. */
export function indexDifferences(is: IndexShape, asked: IndexShape): string[] {
  const list = (keys: readonly string[]): string => `(${keys.join(', ')})`;
  const said: [boolean, string][] = [
    [is.table !== asked.table, `it is an index of ${is.table} and not of ${asked.table}`],
    [is.isUnique !== asked.isUnique, is.isUnique ? 'it is UNIQUE' : 'it is not UNIQUE'],
    [is.method !== asked.method, `it is ${is.method} instead of ${asked.method}`],
    [list(is.keys) !== list(asked.keys), `it is on ${list(is.keys)} instead of ${list(asked.keys)}`],
    [
      list(is.included) !== list(asked.included),
      `it includes ${list(is.included)} instead of ${list(asked.included)}`,
    ],
    [is.where !== asked.where, whereDifference(is.where, asked.where)],
  ];
  return said.filter(([isSo]) => isSo).map(([, text]) => text);
}

function whereDifference(is: string | null, asked: string | null): string {
  if (is === null) return 'it has no WHERE';
  return asked === null ? 'it has a WHERE' : 'it has another WHERE';
}

function keyOf(part: Node): string {
  const element: IndexElem = 'IndexElem' in part ? part.IndexElem : {};
  const { name, expr, ordering, nulls_ordering: nulls } = element;
  const own = name ?? (expr === undefined ? '' : wordsOf(expr));
  const isDesc = ordering === 'SORTBY_DESC';
  const isOddNulls = nulls === (isDesc ? 'SORTBY_NULLS_LAST' : 'SORTBY_NULLS_FIRST');
  return `${own}${isDesc ? ' DESC' : ''}${isOddNulls ? ` NULLS ${isDesc ? 'LAST' : 'FIRST'}` : ''}`;
}

/** Written back by the server, an expression has other casts, brackets and spellings: its names and plain words stay. */
function wordsOf(expression: Node): string {
  const found = new Set<string>();
  collect(expression, found);
  return [...found].sort().join(' ');
}

function collect(part: unknown, found: Set<string>): void {
  if (Array.isArray(part)) {
    for (const one of part) collect(one, found);
    return;
  }
  if (typeof part !== 'object' || part === null) return;
  const node = part as Record<string, unknown>;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'ColumnRef' || key === 'A_Const') leaves(value, found);
    else if (key !== 'typeName') collect(value, found);
  }
}

function leaves(part: unknown, found: Set<string>): void {
  if (Array.isArray(part)) {
    for (const one of part) leaves(one, found);
    return;
  }
  if (typeof part !== 'object' || part === null) return;
  for (const [key, value] of Object.entries(part as Record<string, unknown>)) {
    if (key === 'sval' && typeof value === 'string' && /^[A-Za-z_]+$/.test(value)) found.add(value);
    else leaves(value, found);
  }
}
