import { describe, expect, it } from 'vitest';
import { columnText, parseColumnName } from './column-name.ts';

describe('the name of a column', () => {
  it.each([
    ['customers.email', { schema: 'public', table: 'customers', column: 'email' }],
    ['shop.customers.email', { schema: 'shop', table: 'customers', column: 'email' }],
    ['"My.Shop".t."a ""b"""', { schema: 'My.Shop', table: 't', column: 'a "b"' }],
  ])('%s has its parts, and is written so again', (text, name) => {
    expect(parseColumnName(text)).toEqual(name);
    expect(parseColumnName(columnText(name))).toEqual(name);
  });

  it.each(['email', '', 'a.b.c.d', 'a.b.', '.a.b', 'a."b', 'a b.c'])('%j is none', (text) => {
    expect(parseColumnName(text)).toBeUndefined();
  });
});
