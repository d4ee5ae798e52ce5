import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatBytes, formatClock, formatCount, formatMs, formatShortCount, plural } from './format.ts';

test.each([
  [0, '0'],
  [999.6, '1,000'],
  [1_234_567, '1,234,567'],
  [-1500, '-1,500'],
  [-0.4, '0'],
])('the count %d is %s', (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [12, '12'],
  [34_700, '34,700'],
  [999_999, '999,999'],
  [1_000_000, '1.0 M'],
  [12_340_000, '12.3 M'],
  [999_960_000, '1.0 G'],
  [2.5e9, '2.5 G'],
])('the count %d is %s in short', (count, text) => {
  expect(formatShortCount(count)).toBe(text);
});

test.each([
  [0, '0 ms'],
  [0.04, '0 ms'],
  [0.4, '0.4 ms'],
  [9.94, '9.9 ms'],
  [9.96, '10 ms'],
  [12.4, '12 ms'],
  [999.4, '999 ms'],
  [999.6, '1.00 s'],
  [2190.9, '2.19 s'],
  [9994, '9.99 s'],
  [9996, '10.0 s'],
  [48_000, '48.0 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min 0 s'],
  [252_000, '4 min 12 s'],
  [3_599_600, '1 h 0 min'],
  [11_400_000, '3 h 10 min'],
])('%d ms is %s', (ms, text) => {
  expect(formatMs(ms)).toBe(text);
});

test.each([
  [-5, '0:00'],
  [7999, '0:07'],
  [161_000, '2:41'],
  [3_599_999, '59:59'],
  [3_723_000, '1:02:03'],
])('%d ms is %s on a clock', (ms, text) => {
  expect(formatClock(ms)).toBe(text);
});

test.each([
  [0, '0 B'],
  [812, '812 B'],
  [1023, '1023 B'],
  [1024, '1.0 kB'],
  [8192, '8.0 kB'],
  [10_235, '10 kB'],
  [1024 * 1024 - 1, '1.0 MB'],
  [31 * 1024 ** 2, '31 MB'],
  [2.1 * 1024 ** 3, '2.1 GB'],
  [5 * 1024 ** 4, '5.0 TB'],
  [-4096, '-4.0 kB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('a noun goes with its number', () => {
  expect(plural(1, 'request')).toBe('1 request');
  expect(plural(0, 'request')).toBe('0 requests');
  expect(plural(1876, 'request')).toBe('1,876 requests');
  expect(plural(2, 'query', 'queries')).toBe('2 queries');
});

test('a longer time is never printed as a shorter one', () => {
  const inMs = (text: string): number =>
    [...text.matchAll(/([\d.]+) (ms|s|min|h)/g)].reduce((sum, [, amount, unit = '']) => {
      const factor = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 }[unit] ?? Number.NaN;
      return sum + Number(amount) * factor;
    }, 0);
  const time = fc.double({ min: 0, max: 1e8, noNaN: true });
  fc.assert(
    fc.property(time, time, (a, b) => {
      const [short, long] = a < b ? [a, b] : [b, a];
      expect(inMs(formatMs(short))).toBeLessThanOrEqual(inMs(formatMs(long)));
      expect(formatMs(long)).not.toMatch(/(?<![\d.])60 (s|min)\b|\b1000 ms\b/);
    }),
    { numRuns: 2000 },
  );
});

test('bytes are never printed as 1024 of a unit', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 45), max: 2 ** 45 }), (bytes) => {
      expect(formatBytes(bytes)).toMatch(/^-?\d{1,4}(\.\d)? (B|kB|MB|GB|TB)$/);
      expect(formatBytes(bytes)).not.toContain('1024');
    }),
    { numRuns: 2000 },
  );
});
