import { expect, test } from 'vitest';
import { fittingPatience, longerPatience } from './patience.ts';

test('the lock timeout fits into the budget for waits, and the retries outlast whoever is in the way', () => {
  expect(fittingPatience(undefined, null)).toEqual({ lockTimeoutMs: 500, retries: 10, lastsMs: 116_500 });
  expect(fittingPatience(500, null)).toMatchObject({ lockTimeoutMs: 300, retries: 10 });
  expect(fittingPatience(5, 1)).toMatchObject({ lockTimeoutMs: 10, retries: 5 });
  const minutes = fittingPatience(500, 180_000);
  expect(minutes).toEqual({ lockTimeoutMs: 300, retries: 13, lastsMs: 205_200 });
});

test('a step that gives way already keeps its timeout and pause', () => {
  expect(longerPatience(50, 1000, 20_000)).toEqual({ lockTimeoutMs: 50, retries: 5, lastsMs: 31_300 });
});
