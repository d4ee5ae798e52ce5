import { describe, expect, test } from 'vitest';
import { compareAsBag, compareByKey, type HashedRows, type RowLooks } from './compare-rows.ts';

type Row = readonly [key: number, gate: number, value: number];

function rows(...all: Row[]): HashedRows {
  const column = (at: 0 | 1 | 2): BigInt64Array => BigInt64Array.from(all.map((row) => BigInt(row[at])));
  return { keys: column(0), gates: column(1), values: column(2) };
}
const looks = (all: Partial<RowLooks>): RowLooks => ({
  start: undefined,
  before: rows([1, 7, 0], [2, 7, 0], [3, 7, 0]),
  cutBefore: rows([1, 7, 0], [2, 7, 0], [3, 7, 0]),
  quiet: rows([1, 7, 1], [2, 7, 1], [3, 7, 1]),
  cut: rows([1, 7, 1], [2, 7, 1], [3, 7, 1]),
  ...all,
});

describe('rows of two playings by their keys', () => {
  test('are alike, or were changed otherwise or left out', () => {
    expect(compareByKey(looks({}))).toEqual({ compared: 3, setAside: 0, unlike: 0, leftOut: 0 });
    expect(compareByKey(looks({ cut: rows([1, 7, 2], [2, 7, 0], [3, 7, 1]) }))).toEqual({
      compared: 3,
      setAside: 0,
      unlike: 2,
      leftOut: 1,
    });
  });

  test('are set aside where the app wrote one in either, or an earlier step left them unlike', () => {
    const aside = { compared: 2, setAside: 1, unlike: 0, leftOut: 0 };
    expect(compareByKey(looks({ cut: rows([1, 8, 2], [2, 7, 1], [3, 7, 1]) }))).toEqual(aside);
    expect(compareByKey(looks({ quiet: rows([1, 8, 2], [2, 7, 1], [3, 7, 1]) }))).toEqual(aside);
    const unlike = {
      cutBefore: rows([1, 7, 5], [2, 7, 0], [3, 7, 0]),
      cut: rows([1, 7, 6], [2, 7, 1], [3, 7, 1]),
    };
    expect(compareByKey(looks(unlike))).toEqual(aside);
  });

  test('that are in one playing only count where the app makes and removes none', () => {
    const one = { cut: rows([1, 7, 1], [2, 7, 1], [4, 7, 1]) };
    expect(compareByKey(looks(one))).toEqual({ compared: 4, setAside: 0, unlike: 2, leftOut: 1 });
    expect(compareByKey(looks({ ...one, start: new Set([1n, 2n, 3n]) }))).toEqual({
      compared: 2,
      setAside: 2,
      unlike: 0,
      leftOut: 0,
    });
  });
});

test('rows without a key are told by how many of each the step made', () => {
  const bag = (...keys: number[]): HashedRows => rows(...keys.map((key): Row => [key, 0, 0]));
  const by = (quiet: HashedRows, cut: HashedRows, cutBefore = bag()): unknown =>
    compareAsBag({ before: bag(), cutBefore, quiet, cut });
  expect(by(bag(1, 2, 2), bag(2, 1, 2))).toEqual({ compared: 3, setAside: 0, unlike: 0, leftOut: 0 });
  expect(by(bag(1, 2), bag(1, 2, 1, 2))).toEqual({ compared: 2, setAside: 0, unlike: 2, leftOut: 0 });
  expect(by(bag(1, 2, 3), bag(1))).toEqual({ compared: 3, setAside: 0, unlike: 2, leftOut: 2 });
  expect(by(bag(1, 2), bag(1, 2, 5, 5), bag(5, 5))).toEqual({
    compared: 2,
    setAside: 0,
    unlike: 0,
    leftOut: 0,
  });
});
