import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth, padTo, truncate } from './display-width.ts';

test('wide characters take two columns, combining ones none', () => {
  expect(['abc', '顧客', '✔ ◐ …', 'é', '🚀', '👩‍💻', '⚠️', 'ｆ', '한국'].map(displayWidth)).toEqual([
    3, 4, 5, 1, 2, 2, 2, 2, 4,
  ]);
});

test('text is cut at a whole character and says so', () => {
  expect(truncate('customers', 9)).toBe('customers');
  expect(truncate('customers', 5)).toBe('cust…');
  expect(truncate('顧客テーブル', 6)).toBe('顧客…');
  expect(truncate('customers', 1)).toBe('…');
  expect(truncate('customers', 0)).toBe('');
});

test('cut and padded text never takes more columns than it may', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, width) => {
      expect(displayWidth(truncate(text, width))).toBeLessThanOrEqual(width);
      expect(displayWidth(padTo(text, width))).toBe(width);
    }),
  );
});
