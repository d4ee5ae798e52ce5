import { expect, test } from 'vitest';
import { assignments, backfillMistakes } from './backfill-sql.ts';

const GOOD = { table: 't', key: 'id', set: 'a = 1' };

test.each([
  {
    table: 'public.customers',
    key: 'id',
    set: 'a = 1, b = lower(c)',
    where: "a IS NULL AND b = 'x' -- still to do",
  },
  { table: '"Größe"', key: '"Id"', set: '(a, b) = (SELECT 1, 2 FROM x WHERE y)', where: "c = ';'" },
  { table: 'größe', key: 'id', set: 'a = 1 -- one' },
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

test.each(['a + b', '1, 2', 'order, b', 'f(a, b)', 't.id', 'order', "'id'", '1'])(
  'key %j is refused',
  async (key) => {
    expect(await backfillMistakes({ ...GOOD, key })).toEqual([
      { part: 'key', message: '{value} is not a column; write id' },
    ]);
  },
);

test.each(['a, b', '(a, b, c)', ' ( a , b ) '])(
  'key %j of several columns is refused with what to write',
  async (key) => {
    expect(await backfillMistakes({ ...GOOD, key })).toEqual([
      {
        part: 'key',
        message:
          '{value} is not a column; a key of several columns is not gone along row by row: write its first column, a (rows that share it are filled in one batch), or another column that is indexed and never NULL',
      },
    ]);
  },
);

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
