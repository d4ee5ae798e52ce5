import type { Column } from './catalog.ts';
import { cast, literal, type Value } from './values.ts';

const LETTER = (i: string, over: number): string => `chr(65 + (${i} / ${over} % 26)::int)`;

/** What texts are that a CHECK asks a form of: addresses, codes, numbers, names of places in the world. */
const TEXTS: readonly Value[] = [
  (i) => `'a' || ${i} || '@example.com'`,
  (i) => `'https://example.com/' || ${i}`,
  (i) => `'name-' || ${i}`,
  (i) => `'name_' || ${i}`,
  (i) => `'/path/' || ${i}`,
  (i) => `(${i})::text`,
  (i) => `lpad((${i} % 100000000)::text, 8, '0')`,
  (i) => `lpad((${i} % 100000)::text, 5, '0')`,
  (i) => `'+4930' || lpad((${i} % 10000000)::text, 7, '0')`,
  (i) => `translate((${i})::text, '0123456789', 'abcdefghij')`,
  (i) => `translate((${i})::text, '0123456789', 'ABCDEFGHIJ')`,
  (i) => `'N' || translate((${i})::text, '0123456789', 'abcdefghij')`,
  (i) => `${LETTER(i, 26)} || ${LETTER(i, 1)}`,
  (i) => `${LETTER(i, 676)} || ${LETTER(i, 26)} || ${LETTER(i, 1)}`,
  (i) => `lower(${LETTER(i, 26)} || ${LETTER(i, 1)})`,
  (i) => `lower(${LETTER(i, 676)} || ${LETTER(i, 26)} || ${LETTER(i, 1)})`,
  (i) => `${LETTER(i, 26)} || ${LETTER(i, 1)} || '-' || ${i}`,
  (i) =>
    `${LETTER(i, 676)} || ${LETTER(i, 26)} || ${LETTER(i, 1)} || '-' || lpad((${i} % 10000)::text, 4, '0')`,
  (i) => `'#' || left(md5((${i})::text), 6)`,
  (i) => `md5((${i})::text)`,
  (i) => `upper(md5((${i})::text))`,
  (i) => `left(md5((${i})::text) || md5((${i})::text), 40)`,
  (i) => `md5((${i})::text) || md5((${i})::text)`,
  (i) => `md5((${i})::text)::uuid::text`,
  (i) => `'1.2.' || ${i}`,
  (i) => `'v1.2.' || ${i}`,
  (i) => `'a' || ${i} || '.example.com'`,
  (i) => `'10.0.' || ${i} / 250 % 250 || '.' || 1 + ${i} % 250`,
  (i) => `to_char(date '2026-01-01' + (${i} % 300)::int, 'YYYY-MM-DD')`,
  (i) => `to_char(date '2026-01-01' + (${i} % 300)::int, 'YYYY-MM')`,
  () => `'12:30'`,
  () => `'Europe/Berlin'`,
  () => `'de-DE'`,
  () => `'en_US'`,
  () => `'text/plain'`,
  () => `'{}'`,
  () => `'x'`,
];

const NUMBERS: readonly Value[] = [
  (i) => `1 + ${i} % 100`,
  (i) => `1 + ${i} % 5`,
  (i) => `${i} % 101`,
  (i) => `${i} % 2`,
  (i) => `(${i} % 101) / 100.0`,
  () => '1',
  () => '0',
  (i) => `-(1 + ${i} % 100)`,
  (i) => `2 * (1 + ${i} % 1000)`,
  (i) => `10 * (1 + ${i} % 100)`,
];

const MOMENTS: readonly Value[] = [
  (i) => `timestamptz '2027-06-01 00:00Z' + (${i} % 300) * interval '1 day'`,
  (i) => `timestamptz '1990-01-01 00:00Z' + (${i} % 3000) * interval '1 day'`,
  (i) => `timestamptz '2099-01-01 00:00Z' + (${i} % 300) * interval '1 day'`,
  () => `date_trunc('month', timestamptz '2026-01-01 12:00Z')`,
];

const OTHERS: readonly (readonly [types: string, values: readonly Value[]])[] = [
  ['text citext varchar bpchar', TEXTS],
  ['int2 int4 int8 numeric float4 float8 money', NUMBERS],
  ['timestamptz timestamp date', MOMENTS],
  ['bool', [() => 'true', () => 'false']],
  ['interval', [(i) => `(1 + ${i} % 1440) * interval '1 minute'`, () => `interval '1 day'`]],
  ['json jsonb', [() => `'[]'`, (i) => `'{"id": ' || ${i} || '}'`, () => `'"x"'`, () => `'[1]'`]],
  ['time', [() => `time '23:30'`]],
];

/** What else the column may hold, for one of which a rule may ask; not looked at yet. */
export function otherValues(column: Column, rules: string): Value[] {
  const of = OTHERS.find(([types]) => types.split(' ').includes(column.typeName))?.[1] ?? [];
  return told(column, of, numbersIn(rules)).map((value) => (i) => cast(value(i), column));
}

/** Nearest to what the rules name first. */
function told(column: Column, of: readonly Value[], numbers: readonly string[]): readonly Value[] {
  if (column.isArray) return [() => `'{1}'`, () => `'{a}'`];
  if (of === TEXTS) return [...of, ...numbers.flatMap(asLong)];
  const [first] = numbers;
  if (of !== NUMBERS || first === undefined) return of;
  const inTurnOf: Value = (i) => `(array[${numbers.join(', ')}])[1 + ${i} % ${numbers.length}]`;
  return [...nearNumber(first), inTurnOf, ...numbers.slice(1).flatMap(nearNumber), ...of];
}

const MOST_TOLD = 60;

/** The texts that rules name in quotes, each once. */
export function textsIn(rules: string): string[] {
  const found = [...rules.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = '']) => text.replaceAll("''", "'"));
  return [...new Set(found)].slice(0, MOST_TOLD);
}

/** The texts behind which something begins, as the bounds of partitions do. */
export function beginningsIn(rules: string): string[] {
  const found = [...rules.matchAll(/(?<!<)= '((?:[^']|'')*)'/g)].map(([, text = '']) => text);
  return [...new Set(found)].slice(0, MOST_TOLD);
}

/** Also those that stand in quotes before a cast, but not the numbers of a date or a form. */
function numbersIn(rules: string): string[] {
  const plain = rules.replace(/'((?:[^']|'')*)'/g, (_, text: string) =>
    Number.isNaN(Number(text)) ? '' : text,
  );
  const found = [...plain.matchAll(/(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])/g)].map(([number]) => number);
  return [...new Set(found)].slice(0, MOST_TOLD);
}

function nearNumber(number: string): Value[] {
  return [
    (i) => `${number} + 1 + ${i} % 90`,
    (i) => `${number} + 1 + ${i} % 5`,
    (i) => `${number} - 1 - ${i} % 5`,
    (i) => `${number} + ${i} % 2`,
    () => number,
  ];
}

function asLong(number: string): Value[] {
  const length = Number(number);
  if (!Number.isInteger(length) || length < 1 || length > 500) return [];
  return [
    (i) => `lpad(right((${i})::text, ${length}), ${length}, '0')`,
    (i) => `rpad(left(md5((${i})::text), ${length}), ${length}, ${literal('x')})`,
    (i) => `rpad('N' || ${i} || ' ', ${length + 1}, 'x')`,
  ];
}
