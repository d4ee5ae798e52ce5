import type { Node } from 'libpg-query';
import { columnName } from './columns-in.ts';
import { compile } from './compile.ts';
import type { Columns } from './expression.ts';
import { likePattern } from './operators.ts';
import type { Value, ValueClass } from './value.ts';

/** Which values of one column a predicate takes; all parts count together. */
export interface Domain {
  /** The only ones; undefined = no list of them. */
  readonly values?: readonly Value[];
  /** Numbers, and times as numbers. */
  readonly min?: number;
  readonly max?: number;
  /** In characters. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Regular expressions that a text has to meet. */
  readonly patterns?: readonly string[];
}

/** @returns undefined where the predicate says something else than a domain can hold */
export function domainOf(node: Node, column: string, columns: Columns): Domain | undefined {
  const of = columns.get(column)?.of;
  if (of === undefined) return undefined;
  const unwrapped = unwrap(node);
  if ('ColumnRef' in unwrapped && of === 'bool' && columnName(unwrapped) === column)
    return { values: [true] };
  if ('BoolExpr' in unwrapped) return ofBool(unwrapped.BoolExpr, column, columns);
  if ('NullTest' in unwrapped) return unwrapped.NullTest.nulltesttype === 'IS_NOT_NULL' ? {} : undefined;
  if (!('A_Expr' in unwrapped)) return undefined;
  const { kind, name, lexpr, rexpr } = unwrapped.A_Expr;
  const first = name?.[0];
  const operator = first !== undefined && 'String' in first ? (first.String.sval ?? '') : '';
  if (lexpr === undefined || rexpr === undefined) return undefined;
  const side = unwrap(lexpr);
  const fixed = constantValue(rexpr);
  if (kind === 'AEXPR_OP_ANY' && operator === '=' && isColumn(side, column))
    return Array.isArray(fixed) ? { values: fixed.filter((value) => value !== null) } : undefined;
  if (kind !== 'AEXPR_OP') return undefined;
  if (fixed !== undefined && fixed !== null && isColumn(side, column)) return compared(operator, fixed, of);
  const turned = constantValue(lexpr);
  if (turned !== undefined && turned !== null && isColumn(unwrap(rexpr), column))
    return compared(TURNED[operator] ?? '', turned, of);
  if (typeof fixed === 'number' && isLengthOf(side, column)) return lengths(operator, fixed);
  return undefined;
}

const TURNED: Readonly<Record<string, string>> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function ofBool(
  { boolop, args = [] }: Extract<Node, { BoolExpr: unknown }>['BoolExpr'],
  column: string,
  columns: Columns,
): Domain | undefined {
  if (boolop === 'NOT_EXPR') {
    const of = columns.get(column)?.of;
    const [arg] = args;
    return arg !== undefined && of === 'bool' && isColumn(unwrap(arg), column)
      ? { values: [false] }
      : undefined;
  }
  const parts = args.filter((arg) => !isNullTest(arg, column, boolop === 'OR_EXPR'));
  const domains = parts.map((arg) => domainOf(arg, column, columns));
  if (boolop === 'AND_EXPR')
    return domains.every((domain) => domain !== undefined) ? domains.reduce(both, {}) : undefined;
  const known = domains.filter((domain) => domain !== undefined);
  // What one branch takes is taken: the largest that is known.
  if (
    known.length > 0 &&
    known.length === domains.length &&
    known.every(({ values }) => values !== undefined)
  )
    return { values: [...new Set(known.flatMap(({ values }) => values ?? []))] };
  return known[0];
}

/** `x IS NULL OR …` says nothing of values, and neither does `x IS NOT NULL AND …`. */
function isNullTest(node: Node, column: string, isNull: boolean): boolean {
  if (!('NullTest' in node) || node.NullTest.arg === undefined) return false;
  return isColumn(unwrap(node.NullTest.arg), column) && (node.NullTest.nulltesttype === 'IS_NULL') === isNull;
}

/** Both at once. */
export function both(a: Domain, b: Domain): Domain {
  const values =
    a.values && b.values ? a.values.filter((value) => b.values?.includes(value)) : (a.values ?? b.values);
  const most = (x: number | undefined, y: number | undefined): number | undefined =>
    x === undefined ? y : y === undefined ? x : Math.max(x, y);
  const least = (x: number | undefined, y: number | undefined): number | undefined =>
    x === undefined ? y : y === undefined ? x : Math.min(x, y);
  const all = {
    values,
    min: most(a.min, b.min),
    max: least(a.max, b.max),
    minLength: most(a.minLength, b.minLength),
    maxLength: least(a.maxLength, b.maxLength),
    patterns: a.patterns || b.patterns ? [...(a.patterns ?? []), ...(b.patterns ?? [])] : undefined,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Next to a bound that is not meant itself. */
const STEP: Partial<Record<ValueClass, number>> = {
  int: 1,
  date: 1,
  number: 0.01,
  timestamp: 1_000_000,
  time: 1_000_000,
  interval: 1_000_000,
};

function compared(operator: string, value: Value, of: ValueClass): Domain | undefined {
  const step = STEP[of];
  if (operator === '=') return { values: [value] };
  if (typeof value === 'number' && step !== undefined) {
    if (operator === '>') return { min: of === 'number' ? value + step : Math.floor(value) + step };
    if (operator === '>=') return { min: of === 'number' ? value : Math.ceil(value) };
    if (operator === '<') return { max: of === 'number' ? value - step : Math.ceil(value) - step };
    if (operator === '<=') return { max: of === 'number' ? value : Math.floor(value) };
  }
  if (typeof value !== 'string' || of !== 'text') return undefined;
  if ((operator === '<>' || operator === '>') && value === '') return { minLength: 1 };
  if (operator === '~') return { patterns: [value] };
  if (operator === '~*') return { patterns: [value] };
  const like = operator === '~~' || operator === '~~*' ? likePattern(value) : undefined;
  return like === undefined ? undefined : { patterns: [like] };
}

function lengths(operator: string, count: number): Domain | undefined {
  switch (operator) {
    case '=':
      return { minLength: count, maxLength: count };
    case '>':
      return { minLength: count + 1 };
    case '>=':
      return { minLength: count };
    case '<':
      return { maxLength: count - 1 };
    case '<=':
      return { maxLength: count };
    default:
      return undefined;
  }
}

const LENGTHS = new Set(['length', 'char_length', 'character_length', 'octet_length']);
/** What is made has no blanks at its ends. */
const TRIMS = new Set(['btrim', 'ltrim', 'rtrim']);

function isLengthOf(node: Node, column: string): boolean {
  const called = callOf(node);
  return called !== undefined && LENGTHS.has(called.name) && isColumn(unwrap(called.arg), column);
}

function isColumn(node: Node, column: string): boolean {
  const called = callOf(node);
  if (called !== undefined && TRIMS.has(called.name)) return isColumn(unwrap(called.arg), column);
  return columnName(node) === column;
}

function callOf(node: Node): { readonly name: string; readonly arg: Node } | undefined {
  if (!('FuncCall' in node)) return undefined;
  const last = node.FuncCall.funcname?.at(-1);
  const [arg] = node.FuncCall.args ?? [];
  const name = last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
  return arg === undefined ? undefined : { name, arg };
}

function unwrap(node: Node): Node {
  if (!('TypeCast' in node) || node.TypeCast.arg === undefined) return node;
  const inside = unwrap(node.TypeCast.arg);
  return 'A_Const' in inside ? node : inside;
}

const NO_COLUMNS: Columns = new Map();

/** Undefined of what depends on a row. */
function constantValue(node: Node): Value | undefined {
  return compile(node, NO_COLUMNS)?.value([]);
}
