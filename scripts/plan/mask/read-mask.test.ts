import { describe, expect, it } from 'vitest';
import { mistakeLine } from '../../shared/errors.ts';
import { readMask } from './read-mask.ts';

describe('a file of masking rules', () => {
  it('names columns, each with its rule, and those that stay as they are', () => {
    const text = `version: 1
columns:
  customers.email: email
  public.customers.name: scramble
  public.customers.note: null
  public.customers.born: { generalise: year }
  shop.orders.total: { round: 10 }
  shop.orders.memo: { value: gone }
keep: [public.orders.comment]
`;
    const { rules, mistakes } = readMask(text, 'mask.yaml', () => undefined);
    expect(mistakes).toEqual([]);
    expect(rules?.columns.map(({ at, rule, line }) => [Object.values(at).join('.'), rule, line])).toEqual([
      ['public.customers.email', { kind: 'email' }, 3],
      ['public.customers.name', { kind: 'scramble' }, 4],
      ['public.customers.note', { kind: 'null' }, 5],
      ['public.customers.born', { kind: 'generalise', to: 'year' }, 6],
      ['shop.orders.total', { kind: 'round', to: 10 }, 7],
      ['shop.orders.memo', { kind: 'value', text: 'gone' }, 8],
    ]);
    expect(rules?.keep.map(({ at, line }) => [at.column, line])).toEqual([['comment', 9]]);
  });

  it('tells every mistake with its line', () => {
    const text = `version: 2
colums: {}
columns:
  email: email
  public.customers.name: shufle
  public.customers.born: { generalise: decade }
  customers.name: scramble
  public.customers.mail: email
keep:
  - customers.mail
  - 7
`;
    const { rules, mistakes } = readMask(text, 'mask.yaml', () => undefined);
    expect(rules).toBeUndefined();
    const expected =
      'write scramble, email, hash, null, { value: text }, { generalise: year|month|day } or { round: number }';
    expect(mistakes.map(mistakeLine)).toEqual([
      'mask.yaml:2 colums: unknown key; known are version, columns, keep',
      'mask.yaml:1 version: is not 1, the only version there is',
      'mask.yaml:4 columns.email: is not a column; write schema.table.column, with double quotes around odd names',
      `mask.yaml:5 columns.public.customers.name: is no rule; ${expected}`,
      `mask.yaml:6 columns.public.customers.born: is no rule; ${expected}`,
      'mask.yaml:11 keep[1]: is not a column; write schema.table.column, with double quotes around odd names',
      'mask.yaml:10 keep[0]: has a rule in columns as well',
    ]);
  });
});
