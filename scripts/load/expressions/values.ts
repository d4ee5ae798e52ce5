import { ScriptError } from '../script-error.ts';

/** What an expression computes: pgbench's NULL, boolean, 64-bit integer and double. */
export type Scalar = null | boolean | bigint | number;

/** What a variable holds: an expression's result, or text that came from the database. */
export type Value = Scalar | string;

const INT64_MIN = -(1n << 63n);
const INT64_MAX = (1n << 63n) - 1n;
const TRUE_WORDS = new Set(['t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on']);
const FALSE_WORDS = new Set(['f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off']);

/** `value` if it fits 64 bits. @throws ScriptError */
export function int64(value: bigint, what: string): bigint {
  if (value < INT64_MIN || value > INT64_MAX) throw new ScriptError('outOfRange', `${what} out of range`);
  return value;
}

/** As an integer; doubles are rounded half to even. @throws ScriptError for booleans, NULL and doubles beyond 64 bits */
export function toInt(value: Scalar): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'number') throw cannotCoerce(value, 'int');
  const rounded = roundHalfToEven(value);
  if (!(rounded >= -(2 ** 63) && rounded < 2 ** 63)) {
    throw new ScriptError('outOfRange', 'double to int overflow');
  }
  return BigInt(rounded);
}

/** @throws ScriptError for booleans and NULL */
export function toDouble(value: Scalar): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  throw cannotCoerce(value, 'double');
}

/** Whether a condition holds: numbers other than zero are true, NULL is false. */
export function isTrue(value: Scalar): boolean {
  return value !== null && Boolean(value);
}

/** A variable's text as pgbench reads it inside an expression. @throws ScriptError */
export function scalarOf(name: string, value: Value): Scalar {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  const word = text.toLowerCase();
  if (word === 'null') return null;
  if (TRUE_WORDS.has(word)) return true;
  if (FALSE_WORDS.has(word)) return false;
  if (/^[-+]?\d+$/.test(text)) return int64(BigInt(text.replace(/^\+/, '')), `variable "${name}"`);
  const double = Number(text);
  if (text === '' || Number.isNaN(double)) {
    throw new ScriptError('wrongType', `variable "${name}" does not hold a number`);
  }
  return double;
}

/** A value as a text-format parameter; null is SQL's NULL. Doubles carry 15 digits, as pgbench sends them. */
export function parameterText(value: Value): string | null {
  if (value === null || typeof value === 'string') return value;
  return typeof value === 'number' ? String(Number(value.toPrecision(15))) : String(value);
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

function cannotCoerce(value: null | boolean, type: string): ScriptError {
  return new ScriptError('wrongType', `cannot coerce ${value === null ? 'null' : 'boolean'} to ${type}`);
}
