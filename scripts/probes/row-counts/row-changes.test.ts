import { expect, test } from 'vitest';
import type { SqlCommand } from '../../load/scripts/script.ts';
import { rowChanges } from './row-changes.ts';

function changes(text: string, before: (number | undefined)[], after: (number | undefined)[]): unknown[] {
  const statement: SqlCommand = {
    kind: 'sql',
    line: 3,
    index: 0,
    text,
    parameters: ['id'],
    transaction: undefined,
    gsetPrefix: undefined,
  };
  const counts = (all: (number | undefined)[]): (ReadonlyMap<number, number> | undefined)[] =>
    all.map((count) => (count === undefined ? undefined : new Map([[0, count]])));
  return rowChanges([statement], counts(before), counts(after)).map(({ what }) => what);
}

const SELECT = 'select a from t where id = $1';

test('rows count as gone or doubled only where each of at least three draws says so', () => {
  expect(changes(SELECT, [1, 2, 1, 1], [0, 0, 0, 0])).toEqual(['none']);
  expect(changes('UPDATE t SET a = 1 WHERE id = $1', [1, 1, 1, 1], [0, 0, 0, 0])).toEqual(['none']);
  expect(changes(SELECT, [1, 3, 2, 1], [2, 6, 5, 2])).toEqual(['more']);
  expect(changes(SELECT, [1, 1, 1, undefined], [0, 0, 0, 0])).toEqual(['none']);
  expect(changes(SELECT, [1, 1, undefined, undefined], [0, 0, 0, 0])).toEqual([]);
  expect(changes(SELECT, [1, 1, 1, 1], [0, 0, 1, 0])).toEqual([]);
  expect(changes(SELECT, [1, 0, 1, 1], [0, 0, 0, 0])).toEqual([]);
  expect(changes(SELECT, [4, 4, 4, 4], [7, 8, 8, 8])).toEqual([]);
});

test('an INSERT that writes no row any more is told, as under a rule or a trigger that swallows it', () => {
  expect(changes('insert into t values ($1)', [1, 1, 1, 1], [0, 0, 0, 0])).toEqual(['unwritten']);
  expect(changes('insert into t values ($1)', [1, 1, 1, 1], [2, 2, 2, 2])).toEqual([]);
});

test('what others may take or make first is left out', () => {
  for (const text of [
    'insert into t values ($1) on conflict do nothing',
    'delete from t where id = $1',
    'select a from t where id > $1 limit 1 for update skip locked',
  ])
    expect(changes(text, [1, 1, 1, 1], [0, 0, 0, 0])).toEqual([]);
});
