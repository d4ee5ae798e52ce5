import { expect, test } from 'vitest';
import { unbroken } from './figure-text.ts';

test('a figure stays with its unit, and words stay apart', () => {
  expect(unbroken('395 to 690 ms, 1 min 58 s, 34,700 rows/s')).toBe(
    '395 to 690\u00a0ms, 1\u00a0min 58\u00a0s, 34,700 rows/s',
  );
  for (const text of ['0 requests', '5 s5', 'step 4 set-not-null', '3 steps'])
    expect(unbroken(text)).toBe(text);
});
