import { expect, test } from 'vitest';
import type { ColumnDrift, TableDrift } from '../../../artifacts/records/of-run/drift-record.ts';
import { driftResult } from './drift-result.ts';

const same = (value: number) => ({ before: value, after: value });
const MB = 1024 ** 2;

const COLUMN: ColumnDrift = {
  name: 'status',
  nullFraction: same(0.1),
  distinct: same(5),
  widthBytes: same(6),
  commonest: same(0.4),
  commonDistance: 0.001,
  correlation: { before: 0.3, after: 0.31 },
};
const TABLE: TableDrift = {
  name: 'public.orders',
  rows: same(1000),
  heapBytes: same(MB),
  toastBytes: same(0),
  indexBytes: { before: 1.2 * MB, after: MB },
  textBytes: null,
  columns: [COLUMN],
};

const notComparable = (table: Partial<TableDrift>, column: Partial<ColumnDrift> = {}) => {
  const tables = [{ ...TABLE, ...table, columns: [{ ...COLUMN, ...column }] }];
  const { drift } = driftResult({ against: 'statistics', tables, unknown: [] });
  return drift?.tables[0]?.notComparable ?? [];
};

test('a table that differs no more than two samples of it has comparable timings', () => {
  expect(driftResult({ against: 'statistics', tables: [TABLE], unknown: ['public.new'] })).toEqual({
    drift: { against: 'statistics', tables: [], comparable: 1, unknown: ['public.new'] },
  });
  expect(driftResult(undefined)).toEqual({});
});

test('each difference speaks against the timings that it changes, and against no other', () => {
  expect(
    notComparable({ rows: { before: 1000, after: 500 }, heapBytes: { before: MB, after: MB / 2 } }),
  ).toEqual([
    'wholeTable',
    'indexBuild',
    'byValue', // the index has more bytes a row
  ]);
  expect(notComparable({ heapBytes: { before: 2 * MB, after: MB } })).toEqual(['wholeTable']);
  expect(notComparable({ indexBytes: { before: 2 * MB, after: MB } })).toEqual(['byValue']);
  expect(notComparable({}, { widthBytes: { before: 20, after: 30 } })).toEqual(['wholeTable', 'indexBuild']);
  expect(notComparable({}, { distinct: { before: 200, after: 5 } })).toEqual(['indexBuild', 'byValue']);
  expect(notComparable({}, { nullFraction: { before: 0.1, after: 0.5 } })).toEqual(['byValue']);
  expect(notComparable({}, { commonDistance: 0.4 })).toEqual(['byValue']);
  expect(notComparable({}, { correlation: { before: 1, after: 0 } })).toEqual(['byValue']);
});
