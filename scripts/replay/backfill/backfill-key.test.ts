import { expect, test } from 'vitest';
import { BackfillKey, withoutKey } from './backfill-key.ts';
import type { KeyColumn } from './key-columns.ts';

const column = (sql: string, extra: Partial<KeyColumn> = {}): KeyColumn => ({
  sql,
  type: 'int',
  send: `send_${sql}`,
  isDescending: false,
  isNullsFirst: false,
  operators: ['<', '<=', '=', '>=', '>'],
  ...extra,
});
const [a, b, c] = [column('a'), column('b'), column('c')];
const DOWN = { isDescending: true, isNullsFirst: true };

test.each<[string, KeyColumn[], string[], string[], string, string[]]>([
  ['one column is a range', [a], ['1'], ['9'], 'a > $1::int and a <= $2::int', ['1', '9']],
  [
    'several are a row comparison, beside a range of the first',
    [a, b],
    ['1', '5'],
    ['2', '3'],
    '(a, b) > ($1::int, $2::int) and (a, b) <= ($3::int, $4::int) and a >= $1::int and a <= $3::int' +
      ' and a is distinct from null and b is distinct from null',
    ['1', '5', '2', '3'],
  ],
  [
    'those in which both ends agree are equal',
    [a, b, c],
    ['1', '5', '7'],
    ['1', '5', '9'],
    'a = $1::int and b = $2::int and c > $3::int and c <= $4::int',
    ['1', '5', '7', '9'],
  ],
  [
    'a span of nothing is one',
    [a, b],
    ['1', '5'],
    ['1', '5'],
    'a = $1::int and b > $2::int and b <= $3::int',
    ['1', '5', '5'],
  ],
  [
    'one that goes down is not in a row comparison',
    [a, column('b', DOWN)],
    ['1', '5'],
    ['2', '3'],
    '(a > $1::int or (a = $1::int and b < $2::int)) and (a < $3::int or (a = $3::int and b >= $4::int))' +
      ' and a >= $1::int and a <= $3::int and a is distinct from null and b is distinct from null',
    ['1', '5', '2', '3'],
  ],
  [
    'where all go down it walks up',
    [column('a', DOWN), column('b', DOWN)],
    ['1', '3'],
    ['1', '5'],
    'a = $1::int and b > $2::int and b <= $3::int',
    ['1', '3', '5'],
  ],
  [
    'operators of two schemas are not in a row comparison',
    [a, column('b', { type: 'x.citext', operators: ['o.<', 'o.<=', 'o.=', 'o.>=', 'o.>'] })],
    ['1', 'k'],
    ['2', 'm'],
    '(a > $1::int or (a = $1::int and b o.> $2::x.citext)) and (a < $3::int or (a = $3::int and b o.<= $4::x.citext))' +
      ' and a >= $1::int and a <= $3::int and a is distinct from null and b is distinct from null',
    ['1', 'k', '2', 'm'],
  ],
])('%s', (_, columns, at, end, sql, values) => {
  expect(new BackfillKey(columns).between({ at, isIncluded: false }, end)).toEqual({ sql, values });
});

test('a span may begin with its first row, and knows bytes for the same', () => {
  const at = [Buffer.from('1'), Buffer.from('5')];
  const end = [Buffer.from('1'), Buffer.from('7')];
  expect(new BackfillKey([a, b]).between({ at, isIncluded: true }, end).sql).toBe(
    'a = $1::int and b >= $2::int and b <= $3::int',
  );
});

test('the order is that of the index, from the first column up', () => {
  const key = new BackfillKey([
    column('a', { isDescending: true }),
    column('b', { isNullsFirst: true }),
    column('c', DOWN),
  ]);
  expect(key.order).toBe('a using < nulls first, b using > nulls last, c using < nulls last');
  expect(key.reversed).toBe('a using > nulls last, b using < nulls first, c using > nulls first');
});

test('positions travel in binary where the type can, and are nothing where there is no row', () => {
  const key = new BackfillKey([a, column('b', { send: null })]);
  expect(key.positions('from t limit 1')).toBe(
    'select send_a("key 1") as "key 1", "key 2"::pg_catalog.text as "key 2" from (select a, b from t limit 1) at_end ("key 1", "key 2")',
  );
  const bytes = Buffer.from('1');
  expect(key.positionOf({ 'key 1': bytes, 'key 2': '2', more: 3 })).toEqual([bytes, '2']);
  expect(key.positionOf({ 'key 1': null, 'key 2': null })).toBeUndefined();
  expect(key.positionOf(undefined)).toBeUndefined();
});

test('a row is without a key where one of its columns is NULL, and not for a NULL inside', () => {
  expect(withoutKey(['a', '"B"'])).toBe('(a is not distinct from null or "B" is not distinct from null)');
});
