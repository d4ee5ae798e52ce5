import { expect, test } from 'vitest';
import { rowsThatRefute, suspects } from './lost-rows.ts';
import type { TableStock } from './table-stock.ts';

const T: TableStock = {
  ...{ oid: 20_000, name: 'public.t', quotedName: 'public.t' },
  ...{ filenode: 1, estimatedRows: 1000, deletedRows: 0, readRows: 0 },
};
const tables = (...all: TableStock[]): Map<number, TableStock> => new Map(all.map((one) => [one.oid, one]));

function suspected(...now: TableStock[]): unknown[] {
  return suspects(tables(T), tables(T), tables(...now)).map(({ how, countIn }) => [how, countIn]);
}

test('a table is suspected where it, its storage or half of its rows went, and nowhere else', () => {
  expect(suspected(T)).toEqual([]);
  expect(suspected({ ...T, name: 'public.renamed' })).toEqual([]);
  expect(suspected({ ...T, deletedRows: 499 })).toEqual([]);
  expect(suspected({ ...T, deletedRows: 500 })).toEqual([['emptied', 'public.t']]);
  expect(suspected({ ...T, filenode: 2 })).toEqual([['emptied', 'public.t']]);
  expect(suspected()).toEqual([['dropped', null]]);
  expect(suspected({ ...T, oid: 20_001 })).toEqual([['made-anew', 'public.t']]);
  expect(suspected({ ...T, name: 'public.t_old' }, { ...T, oid: 20_001 })).toEqual([
    ['replaced', 'public.t'],
  ]);
});

test('a count ends where the suspicion is refuted, and never reads a whole large table', () => {
  const suspect = { table: T, countIn: 'public.t' };
  expect(rowsThatRefute({ ...suspect, how: 'emptied' })).toBe(101);
  expect(rowsThatRefute({ ...suspect, how: 'made-anew' })).toBe(901);
  expect(rowsThatRefute({ ...suspect, how: 'made-anew' }, 1e9)).toBe(1_000_000);
});
