/** A value of a row. Times are microseconds, dates days, both since 1970; what has no other form is its text. */
export type Value = null | boolean | number | string | readonly Value[];

/** What an expression gives, as far as computing with it goes. */
export type ValueClass =
  | 'int'
  | 'number'
  | 'date'
  | 'timestamp'
  | 'time'
  | 'interval'
  | 'text'
  | 'bool'
  | 'array'
  | 'json'
  | 'other';

export const DAY_US = 86_400_000_000;
const SECOND_US = 1_000_000;

const CLASSES: Readonly<Record<string, ValueClass>> = {
  int2: 'int',
  int4: 'int',
  int8: 'int',
  oid: 'int',
  numeric: 'number',
  float4: 'number',
  float8: 'number',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  time: 'time',
  interval: 'interval',
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  char: 'text',
  citext: 'text',
  name: 'text',
  uuid: 'text',
  bool: 'bool',
  json: 'json',
  jsonb: 'json',
};

/** @param type as `pg_type.typname` */
export function classOf(type: string): ValueClass {
  return CLASSES[type] ?? 'other';
}

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(?:years?|yrs?|y)$/, 365.25 * DAY_US],
  [/^(?:mons?|months?)$/, 30 * DAY_US],
  [/^(?:weeks?|w)$/, 7 * DAY_US],
  [/^(?:days?|d)$/, DAY_US],
  [/^(?:hours?|hrs?|h)$/, 3600 * SECOND_US],
  [/^(?:minutes?|mins?|m)$/, 60 * SECOND_US],
  [/^(?:seconds?|secs?|s)$/, SECOND_US],
];

const READERS: Readonly<Partial<Record<ValueClass, (text: string) => Value | undefined>>> = {
  int: counted,
  number: counted,
  bool: (text) => (/^t/i.test(text) ? true : /^f/i.test(text) ? false : undefined),
  date: (text) => finite(Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / 86_400_000),
  timestamp,
  time: clock,
  interval,
};

/** A constant of SQL as a value of the class; undefined where it cannot be read. */
export function constantOf(text: string, of: ValueClass): Value | undefined {
  const read = READERS[of];
  return read === undefined ? text : read(text);
}

function counted(text: string): number | undefined {
  return text.trim() === '' ? undefined : finite(Number(text));
}

function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}

const TIMESTAMP = /^(\d{4,6}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?)(\.\d+)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/;

function timestamp(text: string): number | undefined {
  const [, date, time = '00:00:00', fraction = '', zone = 'Z'] = TIMESTAMP.exec(text) ?? [];
  if (date === undefined) return undefined;
  const offset = zone.length === 3 ? `${zone}:00` : zone;
  const ms = Date.parse(`${date}T${time}${offset}`);
  return finite(ms * 1000 + Math.round(Number(`0${fraction}`) * SECOND_US));
}

function clock(text: string): number | undefined {
  const [, hours, minutes, seconds = '0'] = /^(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?$/.exec(text) ?? [];
  if (hours === undefined) return undefined;
  return (Number(hours) * 3600 + Number(minutes) * 60) * SECOND_US + Math.round(Number(seconds) * SECOND_US);
}

/** As PostgreSQL writes it: `1 day`, `00:30:00`, `1 mon 2 days 03:00:00`. */
function interval(text: string): number | undefined {
  let sum = 0;
  let rest = text.trim();
  const atEnd = /(-?)(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?$/.exec(rest);
  if (atEnd) {
    const [whole, sign, hours, minutes, seconds = '0'] = atEnd;
    const us = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * SECOND_US;
    sum += sign === '-' ? -us : us;
    rest = rest.slice(0, -whole.length).trim();
  }
  for (const [part, number, unit = ''] of rest.matchAll(/([+-]?\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const found = UNITS.find(([pattern]) => pattern.test(unit.toLowerCase()));
    if (found === undefined) return undefined;
    sum += Number(number) * found[1];
    rest = rest.replace(part, '');
  }
  return rest.trim() === '' ? Math.round(sum) : undefined;
}
