import { expect, test } from 'vitest';
import { exportsWithoutImport } from './exports.ts';

test('an export that no other file takes is told, by whatever way one could take it', () => {
  const text = 'export const a = 1; export type B = 2; export function c() {} export class D {} const e = 1;';
  const given = { path: 'a/given.ts', text };
  const none = ['a/given.ts: a', 'a/given.ts: B', 'a/given.ts: c', 'a/given.ts: D'];
  expect(exportsWithoutImport([given])).toEqual(none);
  const left = (taker: string): string[] =>
    exportsWithoutImport([given, { path: 'b/taker.ts', text: taker }]).filter((one) => none.includes(one));
  expect(left("import { a as z, type B } from '../a/given.ts';")).toEqual(none.slice(2));
  expect(left("export { c } from '../a/given.ts';")).toEqual(none.filter((one) => !one.endsWith(': c')));
  expect(left("import * as all from '../a/given.ts';")).toEqual([]);
  expect(left("await import('../a/given.ts');")).toEqual([]);
  expect(left("import { a } from '../a/other.ts';")).toEqual(none);
});
