import { expect, test } from 'vitest';
import { rowsThatRefute, suspects, type Suspect } from './lost-rows.ts';
import type { TableStock } from './table-stock.ts';

const T: TableStock = {
  oid: 20_000,
  name: 'public.t',
  quotedName: 'public.t',
  filenode: 1,
  estimatedRows: 1000,
  deletedRows: 0,
  readRows: 0,
  parent: null,
  pages: 10,
  liveRows: 1000,
  recounts: 0,
};
const tables = (...all: TableStock[]): Map<number, TableStock> => new Map(all.map((one) => [one.oid, one]));

function suspected(now: TableStock[], before = T): Suspect[] {
  return suspects({ start: tables(T), before: tables(before), now: tables(...now), appDeletes: () => 5 });
}

const told = (...now: TableStock[]): unknown[] => suspected(now).map(({ how, countIn }) => [how, countIn]);

test('a table is suspected where it, its storage or some of its rows went, and nowhere else', () => {
  expect(told(T)).toEqual([]);
  expect(told({ ...T, name: 'public.renamed' })).toEqual([]);
  expect(told({ ...T, deletedRows: 14 })).toEqual([]);
  expect(told({ ...T, deletedRows: 15 })).toEqual([['emptied', 'public.t']]);
  expect(told({ ...T, filenode: 2 })).toEqual([['emptied', 'public.t']]);
  expect(told()).toEqual([['dropped', null]]);
  expect(told({ ...T, oid: 20_001 })).toEqual([['made-anew', 'public.t']]);
  expect(told({ ...T, name: 'public.t_old' }, { ...T, oid: 20_001 })).toEqual([['replaced', 'public.t']]);
});

const needed = (now: TableStock[], before = T): (number | undefined)[] =>
  suspected(now, before).map(rowsThatRefute);

test('what was there when the step began must be there, but for what the app deletes itself', () => {
  const anew = { ...T, oid: 20_001 };
  expect(needed([anew])).toEqual([995]);
  expect(needed([anew], { ...T, liveRows: 1040 })).toEqual([1035]);
  expect(needed([anew], { ...T, liveRows: 77, recounts: 1, deletedRows: 20 })).toEqual([975]);
  expect(needed([{ ...T, filenode: 2 }])).toEqual([995]);
});

test('a table that was put aside before has its rows in what took its name, nearly', () => {
  const aside = { ...T, name: 'public.t_old' };
  expect(needed([{ ...T, oid: 20_001 }], aside)).toEqual([900]);
});

test('a part of a table is suspected where it is none any more, with what came in its stead', () => {
  const whole = { ...T, oid: 1, name: 'public.w', quotedName: 'public.w', filenode: null };
  const middle = { ...whole, oid: 2, name: 'public.m', quotedName: 'public.m', parent: 1 };
  const part = { ...T, parent: 2 };
  const before = tables(whole, middle, part);
  const found = (...now: TableStock[]): unknown[] =>
    suspects({ start: before, before, now: tables(...now), appDeletes: () => 0 }).map(
      ({ how, outOf, countIn }) => [how, outOf, countIn],
    );
  const out = ['taken-out', 'public.w'];
  expect(found(whole, middle, part)).toEqual([]);
  expect(found(whole, middle, { ...part, parent: 1 })).toEqual([]);
  expect(found({ ...whole, name: 'public.v' }, middle, part)).toEqual([]);
  expect(found(whole, middle, T)).toEqual([[...out, null]]);
  expect(found(whole, { ...middle, parent: null }, part)).toEqual([[...out, null]]);
  const other = { ...T, oid: 7, name: 'public.o', quotedName: 'public.o', parent: 1 };
  expect(found(whole, middle, T, other, { ...other, oid: 8, quotedName: 'public."O"' })).toEqual([
    [...out, '(select 1 from only public.o union all select 1 from only public."O") gained'],
  ]);
  const heir = { ...whole, oid: 9, filenode: 3 };
  expect(found({ ...whole, name: 'public.old' }, middle, part, heir)).toEqual([
    [...out, '(select 1 from only public.w) gained'],
  ]);
});

test('a count ends where the suspicion is refuted, and never reads a whole large table', () => {
  const large = { ...T, estimatedRows: 1e9, liveRows: 1e9, pages: 1e7 };
  const now = tables({ ...large, oid: 20_001 });
  const [suspect] = suspects({ start: tables(large), before: tables(large), now, appDeletes: () => 0 });
  expect(suspect && rowsThatRefute(suspect)).toBe(1_000_000);
  expect(needed([{ ...T, deletedRows: 500 }])).toEqual([101]);
});
