import { expect, test } from 'vitest';
import { Random } from '../../load/chance/random.ts';
import { splitSql } from '../../pg/sql/split.ts';
import type { SqlStep } from '../../plan/model.ts';
import { unitsOf, type Unit } from '../session/units.ts';
import { drawCutPlace, firstUnitAgain } from './cut-place.ts';

async function units(mode: SqlStep['transaction'], ...texts: string[]): Promise<Unit[]> {
  const files = [];
  for (const [index, text] of texts.entries()) {
    const split = await splitSql(text);
    if (!split.ok) throw new Error(text);
    files.push({ file: `${index + 1}.sql`, statements: split.statements });
  }
  return unitsOf(files, mode);
}

const drawn = (of: readonly Unit[], how: 'session' | 'client'): string[] => {
  const places = Array.from({ length: 200 }, (_, seed) => drawCutPlace(of, how, new Random(seed, 'cut')));
  return [...new Set(places.map(({ unit, before }) => `${unit}.${before}`))].sort();
};

test('every unit can be cut off, a block behind each of its statements, and for a client at its commit', async () => {
  const of = await units('as-written', 'select 1; begin; select 2; select 3; commit');
  expect(drawn(of, 'session')).toEqual(['0.0', '1.0', '1.1']);
  expect(drawn(of, 'client')).toEqual(['0.0', '1.0', '1.1', '1.2']);
});

test('the same seed draws the same place', async () => {
  const of = await units('as-written', 'select 1; select 2; select 3');
  const draw = (): unknown => drawCutPlace(of, 'session', new Random(7, 'cut off session add'));
  expect(draw()).toEqual(draw());
});

const TWO = ['select 1; select 2', 'select 3; select 4'];

test.each([
  ['psql runs all of them again', 'as-written', undefined, { unit: 2, before: 0 }, 0],
  ['so does psql -1', 'single', undefined, { unit: 0, before: 4 }, 0],
  ['a tool begins with the file that was cut off', 'file', 'goose', { unit: 1, before: 1 }, 1],
  ['or behind it where its commit went through', 'file', 'goose', { unit: 1, before: 2 }, 2],
  [
    'a tool without transactions begins with the first statement of the file',
    'as-written',
    'micrate',
    { unit: 3, before: 0 },
    2,
  ],
  [
    'one that has a single transaction knows what it committed',
    'single',
    'node-pg-migrate',
    { unit: 0, before: 4 },
    1,
  ],
  ['and begins anew where it did not', 'single', 'node-pg-migrate', { unit: 0, before: 3 }, 0],
] as const)('%s', async (_, transaction, tool, place, expected) => {
  const of = await units(transaction, ...TWO);
  expect(firstUnitAgain(of, place, { transaction, ...(tool && { tool }) })).toBe(expected);
});
