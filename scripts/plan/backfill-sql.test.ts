import { expect, test } from 'vitest';
import { assignments, backfillMistakes } from './backfill-sql.ts';

const GOOD = { table: 't', key: ['id'], set: 'a = 1' };

test.each([
  {
    table: 'public.customers',
    key: ['id'],
    set: 'a = 1, b = lower(c)',
    where: "a IS NULL AND b = 'x' -- still to do",
  },
  {
    table: '"Größe"',
    key: ['"Id"', 'id', 'größe'],
    set: '(a, b) = (SELECT 1, 2 FROM x WHERE y)',
    where: "c = ';'",
  },
  { table: 'größe', key: ['id'], set: 'a = 1 -- one' },
])('$set fits into an UPDATE', async (parts) => {
  expect(await backfillMistakes(parts)).toEqual([]);
});

test.each(['t u', 't; DROP TABLE t', 'ONLY t', 't AS u', 'a.b.c', 'user', 't*', '', 'f()'])(
  'table %j is refused',
  async (table) => {
    expect(await backfillMistakes({ ...GOOD, table })).toEqual([
      { part: 'table', message: '{value} is not a table; write customers or public.customers' },
    ]);
  },
);

test.each([
  'a + b',
  '1, 2',
  'order, b',
  'f(a, b)',
  't.id',
  'order',
  "'id'",
  '1',
  'lower(a)',
  'a desc',
  'a collate "C"',
])('key %j is refused', async (key) => {
  expect(await backfillMistakes({ ...GOOD, key: ['x', key] })).toEqual([
    { part: 'key', place: 1, message: '{value} is not a column; write id' },
  ]);
});

test.each([
  ['a, b', '[a, b]'],
  ['(a, "B", c)', '[a, "B", c]'],
  [' ( a , b ) ', '[a, b]'],
])('key %j of several columns in one text is refused with what to write', async (key, list) => {
  expect(await backfillMistakes({ ...GOOD, key: [key] })).toEqual([
    { part: 'key', place: 0, message: `{value} is not a column; write ${list}` },
  ]);
});

test('a column that a key names twice is refused, under whatever spelling', async () => {
  const message = '{value} is named twice; name each column of the key once';
  expect(await backfillMistakes({ ...GOOD, key: ['a', 'b', 'A', '"b"', '"A"'] })).toEqual([
    { part: 'key', place: 2, message },
    { part: 'key', place: 3, message },
  ]);
});

test.each([
  ['a = 1 WHERE b', { message: 'has a WHERE; write the condition under where' }],
  ['a = x.b FROM x', { message: 'has a FROM; write a subselect: total = (SELECT … WHERE …)' }],
  ['a = 1 RETURNING *', { message: 'has a RETURNING; leave it out' }],
  [
    'a = 1; DROP TABLE t',
    { message: 'is not a SET list of UPDATE … SET', detail: 'more than one statement' },
  ],
  ['a = ', { message: 'is not a SET list of UPDATE … SET', detail: 'syntax error at end of input' }],
])('set %j is refused', async (set, mistake) => {
  expect(await backfillMistakes({ ...GOOD, set })).toEqual([{ part: 'set', ...mistake }]);
});

test.each([
  ['', 'syntax error at end of input'],
  ['a) OR (b', 'syntax error at or near ")"'],
  ['a = 1 ORDER BY a', 'syntax error at or near "ORDER"'],
  ['a = 1; DROP TABLE t; --', 'more than one statement'],
  ['a = 1); DROP TABLE t; --', 'syntax error at or near ")"'],
  ["a = 'x", 'unterminated quoted string at or near "\'x"'],
])('where %j is refused', async (where, detail) => {
  expect(await backfillMistakes({ ...GOOD, where })).toEqual([
    { part: 'where', message: 'is not a condition of UPDATE … WHERE', detail },
  ]);
});

test.each<[string, { column: string; expression: string }[] | undefined]>([
  ['a = b * 100', [{ column: 'a', expression: 'b * 100' }]],
  [
    '"A b" = (select max(x) from y where y.a = 1), ä = coalesce(é, \'=,\') ,\n c=d = e',
    [
      { column: 'A b', expression: '(select max(x) from y where y.a = 1)' },
      { column: 'ä', expression: "coalesce(é, '=,')" },
      { column: 'c', expression: 'd = e' },
    ],
  ],
  ['(a, b) = (1, 2)', undefined],
  ['a[1] = 2', undefined],
])('%j is taken apart', async (set, expected) => {
  expect(await assignments(set)).toEqual(expected);
});
