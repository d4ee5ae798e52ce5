import type { Column } from './catalog.ts';

const DAY = `timestamptz '2026-01-01 00:00Z'`;

/** An expression for each type by its name in pg_type; `i` counts rows. */
const BY_TYPE: Readonly<Record<string, (i: string, column: Column) => string>> = {
  int2: (i) => `(${i} % 30000)`,
  int4: (i) => i,
  int8: (i) => i,
  numeric: (i, { type }) => `(${i} % ${numericLimit(type)})`,
  float4: (i) => `(${i} % 1000)`,
  float8: (i) => `(${i} % 1000)`,
  money: (i) => `(${i} % 1000)::numeric`,
  text: (i, { name }) => `${literal(`${name} `)} || ${i}`,
  citext: (i, { name }) => `${literal(`${name} `)} || ${i}`,
  varchar: (i, column) => short(i, column),
  bpchar: (i, column) => short(i, column),
  bool: (i) => `(${i} % 2 = 0)`,
  timestamptz: (i) => `${DAY} + (${i} % 400000) * interval '1 minute'`,
  timestamp: (i) => `${DAY} + (${i} % 400000) * interval '1 minute'`,
  date: (i) => `date '2026-01-01' + (${i} % 300)::int`,
  time: (i) => `time '00:00' + (${i} % 1440) * interval '1 minute'`,
  interval: (i) => `(${i} % 1440) * interval '1 minute'`,
  uuid: (i) => `md5((${i})::text)`,
  json: () => `'{}'`,
  jsonb: () => `'{}'`,
  bytea: (i) => `decode(md5((${i})::text), 'hex')`,
  inet: (i) => `inet '10.0.0.0' + (${i} % 16000000)`,
};

/**
 * An SQL expression that gives the column a value, another one for another `i` where the type can.
 * @param i an expression of type bigint
 * @returns undefined where nobody can guess one
 */
export function valueOf(column: Column, i: string): string | undefined {
  if (column.isArray) return `'{}'::${column.type}`;
  if (column.labels.length > 0) {
    const labels = column.labels.map(literal).join(', ');
    return `((array[${labels}])[1 + ${i} % ${column.labels.length}])::${column.type}`;
  }
  const make = BY_TYPE[column.typeName];
  if (make !== undefined) return `(${make(i, column)})::${column.type}`;
  return column.isNullable ? 'null' : undefined;
}

function short(i: string, { name, type }: Column): string {
  const limit = Number(/\((\d+)\)/.exec(type)?.[1] ?? 1000);
  if (limit < 10) return `left((${i})::text, ${limit})`;
  return limit < name.length + 12 ? `left(md5((${i})::text), ${limit})` : `${literal(`${name} `)} || ${i}`;
}

function numericLimit(type: string): number {
  const [, precision = '9', scale = '0'] = /\((\d+)(?:,(\d+))?\)/.exec(type) ?? [];
  return 10 ** Math.max(0, Math.min(3, Number(precision) - Number(scale)));
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
