import { DAY_US, type Value, type ValueClass } from './value.ts';

/** A function or an operator: what it gives of values none of which is NULL. */
interface Known {
  readonly of: ValueClass | ((args: readonly ValueClass[]) => ValueClass | undefined);
  readonly apply: (args: readonly Value[]) => Value;
}

const text = (value: Value | undefined): string => String(value);
const number = (value: Value | undefined): number => Number(value);

const onText = (of: ValueClass, apply: (...args: string[]) => Value): Known => ({
  of: (args) => (args.every((each) => each === 'text' || each === 'int') ? of : undefined),
  apply: (args) => apply(...args.map(text)),
});
const onNumber = (apply: (...args: number[]) => number, of?: ValueClass): Known => ({
  of: (args) =>
    args.every((each) => each === 'int' || each === 'number')
      ? (of ?? (args.includes('number') ? 'number' : 'int'))
      : undefined,
  apply: (args) => apply(...args.map(number)),
});

/** Half away from zero, as numeric does it; what binary floating point makes a hair less than a half is a half. */
export function rounded(value: number, digits: number): number {
  const factor = 10 ** digits;
  const scaled = Math.abs(value) * factor;
  return (Math.sign(value) * Math.floor(scaled + 0.5 + scaled * 1e-14)) / factor;
}

/** Functions of PostgreSQL whose meaning is the same here for the values that are made: text is of ASCII. */
export const FUNCTIONS: Readonly<Record<string, Known>> = {
  length: onText('int', (value) => value.length),
  char_length: onText('int', (value) => Array.from(value).length),
  character_length: onText('int', (value) => Array.from(value).length),
  octet_length: onText('int', (value) => Buffer.byteLength(value)),
  lower: onText('text', (value) => value.toLowerCase()),
  upper: onText('text', (value) => value.toUpperCase()),
  btrim: onText('text', (value, of = ' ') => trimmed(value, of, 'both')),
  ltrim: onText('text', (value, of = ' ') => trimmed(value, of, 'left')),
  rtrim: onText('text', (value, of = ' ') => trimmed(value, of, 'right')),
  left: onText('text', (value, count) =>
    Number(count) < 0 ? value.slice(0, Number(count)) : value.slice(0, Number(count)),
  ),
  replace: onText('text', (value, from = '', to = '') => value.replaceAll(from, () => to)),
  strpos: onText('int', (value, part = '') => value.indexOf(part) + 1),
  position: onText('int', (value, part = '') => value.indexOf(part) + 1),
  starts_with: onText('bool', (value, part = '') => value.startsWith(part)),
  abs: onNumber(Math.abs),
  ceil: onNumber(Math.ceil),
  ceiling: onNumber(Math.ceil),
  floor: onNumber(Math.floor),
  trunc: onNumber(
    (value, digits = 0) =>
      (Math.sign(value) * Math.floor(Math.abs(value) * 10 ** digits + 1e-9)) / 10 ** digits,
  ),
  round: onNumber((value, digits = 0) => rounded(value, digits)),
  mod: onNumber((a, b = 1) => a % b),
  power: onNumber((a, b = 1) => a ** b, 'number'),
  sqrt: onNumber(Math.sqrt, 'number'),
  cardinality: {
    of: (args) => (args[0] === 'array' ? 'int' : undefined),
    apply: ([list]) => (list as readonly Value[]).length,
  },
  array_length: {
    of: (args) => (args[0] === 'array' ? 'int' : undefined),
    // Of an empty array it is NULL, and so is that of a dimension that is not there.
    apply: ([list, at]) =>
      at === 1 && (list as readonly Value[]).length > 0 ? (list as readonly Value[]).length : null,
  },
  jsonb_typeof: {
    of: (args) => (args[0] === 'json' ? 'text' : undefined),
    apply: ([json]) => jsonType(text(json)),
  },
  json_typeof: {
    of: (args) => (args[0] === 'json' ? 'text' : undefined),
    apply: ([json]) => jsonType(text(json)),
  },
};

function trimmed(value: string, of: string, side: 'both' | 'left' | 'right'): string {
  const letters = new Set(of);
  let from = 0;
  let to = value.length;
  if (side !== 'right') while (from < to && letters.has(value[from] ?? '')) from += 1;
  if (side !== 'left') while (to > from && letters.has(value[to - 1] ?? '')) to -= 1;
  return value.slice(from, to);
}

function jsonType(json: string): string {
  const value = JSON.parse(json) as unknown;
  return Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
}

const COUNTED: ReadonlySet<ValueClass> = new Set(['int', 'number']);

/** Of an arithmetic operator: its class and what to do; undefined where the classes do not go together. */
export function arithmetic(
  operator: string,
  left: ValueClass,
  right: ValueClass,
): { readonly of: ValueClass; readonly apply: (a: number, b: number) => number | null } | undefined {
  if (COUNTED.has(left) && COUNTED.has(right)) return onNumbers(operator, left === 'int' && right === 'int');
  const [a, b] = [left, right];
  if (operator === '+' || operator === '-') {
    const sign = operator === '+' ? 1 : -1;
    if (a === 'timestamp' && b === 'interval') return { of: 'timestamp', apply: (x, y) => x + sign * y };
    if (a === 'date' && b === 'interval') return { of: 'timestamp', apply: (x, y) => x * DAY_US + sign * y };
    if (a === 'date' && b === 'int') return { of: 'date', apply: (x, y) => x + sign * y };
    if (a === 'interval' && b === 'interval') return { of: 'interval', apply: (x, y) => x + sign * y };
    if (a === 'time' && b === 'interval')
      return { of: 'time', apply: (x, y) => (((x + sign * y) % DAY_US) + DAY_US) % DAY_US };
  }
  if (operator === '+' && a === 'interval' && b === 'timestamp')
    return { of: 'timestamp', apply: (x, y) => x + y };
  if (operator === '-' && a === 'timestamp' && b === 'timestamp')
    return { of: 'interval', apply: (x, y) => x - y };
  if (operator === '-' && a === 'date' && b === 'date') return { of: 'int', apply: (x, y) => x - y };
  if (operator === '-' && a === 'time' && b === 'time') return { of: 'interval', apply: (x, y) => x - y };
  if (operator === '*' && a === 'interval' && COUNTED.has(b))
    return { of: 'interval', apply: (x, y) => Math.round(x * y) };
  if (operator === '*' && b === 'interval' && COUNTED.has(a))
    return { of: 'interval', apply: (x, y) => Math.round(x * y) };
  return undefined;
}

function onNumbers(operator: string, isInt: boolean) {
  const of: ValueClass = isInt ? 'int' : 'number';
  switch (operator) {
    case '+':
      return { of, apply: (a: number, b: number) => a + b };
    case '-':
      return { of, apply: (a: number, b: number) => a - b };
    case '*':
      return { of, apply: (a: number, b: number) => a * b };
    case '/':
      return { of, apply: (a: number, b: number) => (b === 0 ? null : isInt ? Math.trunc(a / b) : a / b) };
    case '%':
      return { of, apply: (a: number, b: number) => (b === 0 ? null : a % b) };
    default:
      return undefined;
  }
}
