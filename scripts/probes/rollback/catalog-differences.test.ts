import { expect, test } from 'vitest';
import { catalogDifferences, type CatalogObject } from './catalog-differences.ts';

const column = (name: string, facts: Record<string, unknown> = {}): CatalogObject => ({
  kind: 'column',
  name,
  relation: 'public.t',
  facts: { type: 'text', 'not null': false, ...facts },
});
const table: CatalogObject = { kind: 'table', name: 'public.t', relation: null, facts: {} };
const told = (...states: [CatalogObject[], CatalogObject[]]): string[] =>
  catalogDifferences(...states).map(({ how, kind, name, what }) => [how, kind, name, ...what].join(' '));

test('the same catalog has no differences, whatever its order', () => {
  expect(told([table, column('a'), column('b')], [column('b'), column('a'), table])).toEqual([]);
});

test('tells what is left over, missing and changed, and the new type beside the old one', () => {
  const now = [table, column('b'), column('c', { type: 'bigint', 'not null': true, default: 'x' })];
  expect(told([table, column('a'), column('c')], now)).toEqual([
    'changed column c default not null type bigint, was text',
    'left-over column b',
    'missing column a',
  ]);
});

test('tells a table that is missing once, without what was part of it', () => {
  expect(told([table, column('a'), column('b')], [])).toEqual(['missing table public.t']);
});

test('marks an object alike in two looks as long as it stays the same', () => {
  const marks = [column('a'), column('a'), column('a', { type: 'int' })].map(
    (now) => catalogDifferences([], [now])[0]?.mark,
  );
  expect(marks[0]).toBe(marks[1]);
  expect(marks[0]).not.toBe(marks[2]);
});
