import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cut } from './cut.ts';

test('a short text stays, a long one is cut and marked', () => {
  expect(cut('abc', 3, '…')).toBe('abc');
  expect(cut('abcd', 3, '…')).toBe('abc…');
});

test('no character is cut in two', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, most) => {
      expect(/[\uD800-\uDFFF]/u.test(cut(text, most, ''))).toBe(false);
    }),
  );
});
