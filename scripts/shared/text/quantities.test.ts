import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  parseBitsPerSec,
  parseBytesPerSec,
  parseDurationMs,
  parseRatePerSec,
  parseSizeBytes,
} from './quantities.ts';

test.each([
  ['250ms', 250],
  ['2s', 2000],
  ['1.5m', 90_000],
  ['5min', 300_000],
  ['1h30m', 5_400_000],
  ['1 h 30 m', 5_400_000],
  [' 2s ', 2000],
  ['1d', 86_400_000],
  ['50us', 0.05],
  ['0s', 0],
  ['1.001s', 1001],
])('%j is %d ms', (text, ms) => {
  expect(parseDurationMs(text)).toBe(ms);
});

test.each([
  '',
  '5',
  's',
  '-1s',
  '+1s',
  '1.s',
  '.5s',
  '1,5s',
  '5 minutes',
  '2S',
  '1h-30m',
  '1s!',
  '1e3s',
  'Infinitys',
  '1constructor',
])('%j is no duration', (text) => {
  expect(parseDurationMs(text)).toBeUndefined();
});

test.each([
  ['400/s', 400],
  ['0.5/s', 0.5],
  ['30/min', 0.5],
  ['5400 / h', 1.5],
  ['0/s', 0],
])('%j is %d a second', (text, perSec) => {
  expect(parseRatePerSec(text)).toBe(perSec);
});

test.each(['', '400', '400/m', '/s', '-1/s', '400/s/s', '400 per s', '1/ms', '1/d'])(
  '%j is no rate',
  (text) => {
    expect(parseRatePerSec(text)).toBeUndefined();
  },
);

test.each([
  ['1B', 1],
  ['16kB', 16_384],
  ['16KB', 16_384],
  ['1.5MB', 1_572_864],
  ['4 GB', 4_294_967_296],
  ['2TB', 2_199_023_255_552],
  ['0.3kB', 307],
])('%j is %d bytes', (text, bytes) => {
  expect(parseSizeBytes(text)).toBe(bytes);
});

test.each(['', '4', 'GB', '4G', '4gb', '4GiB', '-1MB', '4MB 3kB', '1constructor'])(
  '%j is no size',
  (text) => {
    expect(parseSizeBytes(text)).toBeUndefined();
  },
);

test('a duration in several units is the sum of its parts', () => {
  const part = fc.integer({ min: 0, max: 5000 });
  fc.assert(
    fc.property(part, part, part, part, (hours, minutes, seconds, ms) => {
      const total = ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms;
      expect(parseDurationMs(`${hours}h${minutes}m${seconds}s${ms}ms`)).toBe(total);
      expect(parseDurationMs(`${hours} h ${minutes}min ${seconds} s ${ms} ms`)).toBe(total);
    }),
  );
});

test('seconds with three decimals are whole milliseconds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000_000 }), (ms) => {
      expect(parseDurationMs(`${(ms / 1000).toFixed(3)}s`)).toBe(ms);
    }),
  );
});

test('no text makes a parser throw or give anything but a finite number', () => {
  const text = fc.string({
    unit: fc.constantFrom('1', '9', '.', ' ', 'm', 's', 'h', '/', 'k', 'B', 'é'),
    maxLength: 12,
  });
  fc.assert(
    fc.property(text, (input) => {
      for (const parse of [parseDurationMs, parseRatePerSec, parseSizeBytes]) {
        const value = parse(input);
        expect(value === undefined || (Number.isFinite(value) && value >= 0)).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['50MB/s', 52_428_800],
  ['1.5 kB / s', 1536],
  ['0B/s', 0],
])('%j is %d bytes a second', (text, bytesPerSec) => {
  expect(parseBytesPerSec(text)).toBe(bytesPerSec);
});

test.each(['', '50', '50MB', '/s', '50MB/min', '50MB/s/s', '-1MB/s'])('%j is no throughput', (text) => {
  expect(parseBytesPerSec(text)).toBeUndefined();
});

test.each([
  ['100mbit', 100_000_000],
  ['1gbit', 1_000_000_000],
  ['1.5 kbit', 1500],
])('%j is %d bits a second', (text, bitsPerSec) => {
  expect(parseBitsPerSec(text)).toBe(bitsPerSec);
});

test.each(['', '100', '100Mbit', '100mbit/s', '1gb', 'mbit', '-1mbit', '1constructor'])(
  '%j is no rate of a link',
  (text) => {
    expect(parseBitsPerSec(text)).toBeUndefined();
  },
);
