import type { Column } from './catalog.ts';

/** Makes an SQL expression of a column's type of one of type bigint; another one for another number where the type can. */
export type Value = (i: string) => string;

const DAY = `timestamptz '2026-01-01 00:00Z'`;

/** An expression for each type by its name in pg_type; `i` counts rows from 1. */
const BY_TYPE: Readonly<Record<string, (i: string, column: Column) => string>> = {
  int2: (i) => `1 + ${i} % 30000`,
  int4: (i) => i,
  int8: (i) => i,
  numeric: (i, { type }) => `1 + ${i} % ${numericLimit(type)}`,
  float4: (i) => `1 + ${i} % 1000`,
  float8: (i) => `1 + ${i} % 1000`,
  money: (i) => `(1 + ${i} % 1000)::numeric`,
  oid: (i) => i,
  text: (i, { name }) => `${literal(`${name} `)} || ${i}`,
  citext: (i, { name }) => `${literal(`${name} `)} || ${i}`,
  name: (i) => `'name' || ${i}`,
  varchar: (i, column) => short(i, column),
  bpchar: (i, column) => short(i, column),
  char: (i) => `chr(65 + (${i} % 26)::int)`,
  bool: (i) => `${i} % 2 = 0`,
  timestamptz: (i) => `${DAY} + (${i} % 400000) * interval '1 minute'`,
  timestamp: (i) => `${DAY} + (${i} % 400000) * interval '1 minute'`,
  date: (i) => `date '2026-01-01' + (${i} % 300)::int`,
  time: (i) => `time '00:00' + (${i} % 1440) * interval '1 minute'`,
  timetz: (i) => `timetz '00:00Z' + (${i} % 1440) * interval '1 minute'`,
  interval: (i) => `(${i} % 1440) * interval '1 minute'`,
  uuid: (i) => `md5((${i})::text)`,
  json: () => `'{}'`,
  jsonb: () => `'{}'`,
  jsonpath: () => `'$'`,
  xml: () => `'<x/>'`,
  bytea: (i) => `decode(md5((${i})::text), 'hex')`,
  inet: (i) => `inet '10.0.0.0' + (${i} % 16000000)`,
  cidr: (i) => `set_masklen(inet '10.0.0.0' + (${i} % 16000000), 32)::cidr`,
  macaddr: (i) => `left(md5((${i})::text), 12)`,
  macaddr8: (i) => `left(md5((${i})::text), 16)`,
  bit: (i) => `(${i} % 2)::int`,
  varbit: () => `'101'`,
  tsvector: (i, { name }) => `to_tsvector('simple', ${literal(`${name} `)} || ${i})`,
  tsquery: (i) => `plainto_tsquery('simple', 'w' || ${i})`,
  hstore: (i) => `'a=>' || ${i}`,
  ltree: (i) => `'a.b' || ${i}`,
  pg_lsn: (i) => `'0/' || to_hex(${i})`,
  point: (i) => `point(${i} % 180, ${i} % 90)`,
  box: (i) => `box(point(0, 0), point(1, ${i} % 90))`,
  circle: (i) => `circle(point(0, 0), 1 + ${i} % 90)`,
  lseg: (i) => `lseg(point(0, 0), point(1, ${i} % 90))`,
  path: () => `'((0,0),(1,0),(1,1))'`,
  polygon: () => `'((0,0),(1,0),(1,1))'`,
  int4range: (i) => `int4range((${i})::int, (${i})::int + 1)`,
  int8range: (i) => `int8range(${i}, ${i} + 1)`,
  numrange: (i) => `numrange(${i}, ${i} + 1)`,
  daterange: (i) => `daterange(date '2026-01-01' + (${i} % 300)::int, date '2027-01-01')`,
  tstzrange: (i) => `tstzrange(${DAY} + (${i}) * interval '1 hour', ${DAY} + (${i} + 1) * interval '1 hour')`,
  tsrange: (i) =>
    `tsrange(timestamp '2026-01-01' + (${i}) * interval '1 hour', timestamp '2026-01-01' + (${i} + 1) * interval '1 hour')`,
};

/**
 * What a column may hold that nothing else is known of.
 * @returns undefined where nobody can guess it
 */
export function plainValue(column: Column): Value | undefined {
  if (column.isArray) return () => `'{}'::${column.type}`;
  if (column.labels.length > 0) return inTurn(column.labels, column);
  const make = BY_TYPE[column.typeName];
  return make && ((i) => cast(make(i, column), column));
}

/** One after the other. @param texts at least one, as the type writes them */
export function inTurn(texts: readonly string[], column: Column): Value {
  const all = texts.map(literal).join(', ');
  return (i) => cast(`(array[${all}])[1 + ${i} % ${texts.length}]`, column);
}

export function cast(sql: string, { type }: Column): string {
  return `(${sql})::${type}`;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function short(i: string, { name, type }: Column): string {
  const limit = Number(/\((\d+)\)/.exec(type)?.[1] ?? 1000);
  if (limit < 10) return `left((${i})::text, ${limit})`;
  return limit < name.length + 12 ? `left(md5((${i})::text), ${limit})` : `${literal(`${name} `)} || ${i}`;
}

function numericLimit(type: string): number {
  const [, precision = '9', scale = '0'] = /\((\d+)(?:,(\d+))?\)/.exec(type) ?? [];
  return Math.max(1, 10 ** Math.max(0, Math.min(3, Number(precision) - Number(scale))) - 1);
}
