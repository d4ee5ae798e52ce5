import { expect, test } from 'vitest';
import { fewerTables } from './fewer-tables.ts';

test('of many tables the largest stand for themselves, and the others for what they come to', () => {
  const table = (name: string, rows: number, bytes: number) => ({ name, rows, bytes });
  const all = [table('a', 1, 10), table('b', 9, 1), table('c', 2, 20), table('d', 3, 2)];
  expect(fewerTables(all, 4)).toEqual({ tables: all });
  expect(fewerTables(all, 1)).toEqual({
    tables: [all[1], all[2]],
    tablesLeftOut: { tables: 2, rows: 4, bytes: 12 },
  });
});
