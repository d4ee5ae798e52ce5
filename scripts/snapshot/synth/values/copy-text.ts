import { DAY_US, type Value } from '../expr/value.ts';
import type { TypeShape } from '../schema/table-schema.ts';
import { digitsOf } from './numbers.ts';

const SECOND_US = 1_000_000;
const SPECIAL = /[\\\t\n\r\b\f\v]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
};

/** How a value is written, as one field of COPY's text format (PostgreSQL, COPY, "Text Format"). */
export function copyField(value: Value, type: TypeShape): string {
  if (value === null) return '\\N';
  const text = textOf(value, type);
  return typeof value === 'number' || typeof value === 'boolean'
    ? text
    : text.replace(SPECIAL, (letter) => ESCAPES[letter] ?? letter);
}

/** As PostgreSQL reads it. */
export function textOf(value: Value, type: TypeShape): string {
  if (Array.isArray(value)) return arrayText(value as readonly Value[], type);
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (typeof value !== 'number') return String(value);
  switch (type.name) {
    case 'numeric':
      return value.toFixed(digitsOf(type));
    case 'date':
      return dayText(value);
    case 'timestamp':
      return momentText(value);
    case 'timestamptz':
      return `${momentText(value)}+00`;
    case 'time':
      return clockText(value);
    case 'interval':
      return `${value / SECOND_US} seconds`;
    default:
      return String(value);
  }
}

function arrayText(values: readonly Value[], type: TypeShape): string {
  const element = type.element ?? type;
  const parts = values.map((value) =>
    value === null ? 'NULL' : `"${textOf(value, element).replace(/["\\]/g, '\\$&')}"`,
  );
  return `{${parts.join(',')}}`;
}

const days = new Map<number, string>();

function dayText(day: number): string {
  const known = days.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * 86_400_000).toISOString().slice(0, 10);
  if (days.size > 50_000) days.clear();
  days.set(day, text);
  return text;
}

function momentText(us: number): string {
  const day = Math.floor(us / DAY_US);
  return `${dayText(day)} ${clockText(us - day * DAY_US)}`;
}

function clockText(us: number): string {
  const seconds = Math.floor(us / SECOND_US);
  const rest = us - seconds * SECOND_US;
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const whole = `${two(h)}:${two(m)}:${two(s)}`;
  return rest === 0 ? whole : `${whole}.${String(Math.round(rest)).padStart(6, '0')}`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
