import type { Expression } from './expression.ts';
import { DAY_US, type Value, type ValueClass } from './value.ts';

/** Of numbers that binary floating point may have made a hair different. */
const SAME = 1e-9;

const COMPARE: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};
const EQUAL_ONLY = new Set(['=', '<>', '!=']);
const ORDERED: ReadonlySet<ValueClass> = new Set([
  'int',
  'number',
  'date',
  'timestamp',
  'time',
  'interval',
  'bool',
]);

/** Undefined where the two do not compare here: the order of texts is the collation's. */
export function comparison(operator: string, left: Expression, right: Expression): Expression | undefined {
  const meets = COMPARE[operator];
  if (meets === undefined || left.of === 'json' || right.of === 'json') return undefined;
  const isOrdered = ORDERED.has(left.of) && ORDERED.has(right.of);
  if (!isOrdered && !EQUAL_ONLY.has(operator) && !comparesWithEmpty(left, right)) return undefined;
  if ((left.of === 'array') !== (right.of === 'array')) return undefined;
  const a = scaled(left, right.of);
  const b = scaled(right, left.of);
  return {
    of: 'bool',
    value: (row) => {
      const [x, y] = [a(row), b(row)];
      return x === null || y === null ? null : meets(order(x, y));
    },
  };
}

/** `name > ''` is the one order of texts that all collations share. */
function comparesWithEmpty(left: Expression, right: Expression): boolean {
  return left.of === 'text' && right.of === 'text' && right.value([]) === '';
}

/** A date beside a timestamp is its first moment. */
function scaled({ of, value }: Expression, beside: ValueClass): Expression['value'] {
  if (of !== 'date' || beside !== 'timestamp') return value;
  return (row) => {
    const days = value(row);
    return days === null ? null : Number(days) * DAY_US;
  };
}

function order(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    return Math.abs(difference) <= SAME * Math.max(1, Math.abs(a), Math.abs(b)) &&
      !Number.isInteger(difference)
      ? 0
      : difference;
  }
  const [x, y] =
    Array.isArray(a) || Array.isArray(b) ? [JSON.stringify(a), JSON.stringify(b)] : [String(a), String(b)];
  return x === y ? 0 : x < y ? -1 : 1;
}

/** What LIKE takes, as a regular expression; undefined of a pattern that ends in an escape. */
export function likePattern(pattern: string): string | undefined {
  if (/(?:^|[^\\])(?:\\\\)*\\$/.test(pattern)) return undefined;
  const parts = pattern.match(/\\[^]|[^]/g) ?? [];
  const body = parts.map((part) => {
    if (part === '%') return '[^]*';
    if (part === '_') return '[^]';
    return (part.length === 2 ? (part[1] ?? '') : part).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  });
  return `^${body.join('')}$`;
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  xdigit: '0-9A-Fa-f',
  punct: '!-\\/:-@\\[-`{-~',
};

/** PostgreSQL's regular expression here; undefined of one that means another thing or nothing here. */
export function regex(pattern: string, ignoresCase: boolean): RegExp | undefined {
  if (/^\*{3}|^\(\?[^:=!]|\\[mMyYAZ]|\[\[[.=:<>]*[.=<>]/.test(pattern)) return undefined;
  const source = pattern.replace(/\[:(\w+):\]/g, (whole, name: string) => CLASSES[name] ?? whole);
  try {
    return new RegExp(source, ignoresCase ? 'i' : '');
  } catch {
    return undefined;
  }
}
