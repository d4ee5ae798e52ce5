import fc from 'fast-check';
import { expect, test } from 'vitest';
import { didYouMean, nearest } from './did-you-mean.ts';

const KEYS = ['sql', 'backfill', 'deploy', 'lockTimeout', 'phase'];

test.each([
  ['backfil', 'backfill'],
  ['bakcfill', 'backfill'],
  ['Deploy', 'deploy'],
  ['lock_timeout', 'lockTimeout'],
  ['pahse', 'phase'],
  ['sqll', 'sql'],
  ['version', undefined],
  ['x', undefined],
  ['', undefined],
])('%j is nearest to %s', (word, option) => {
  expect(nearest(word, KEYS)).toBe(option);
});

test('a suggestion is the end of a message, and there is none for the word itself', () => {
  expect(didYouMean('backfil', KEYS)).toBe('; did you mean backfill?');
  expect(didYouMean('zzz', KEYS)).toBe('');
  expect(didYouMean('sql', KEYS)).toBe('');
});

test('one slip in a word of four letters or more is always found', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), minLength: 4, maxLength: 12 });
  fc.assert(
    fc.property(word, fc.nat(), fc.constantFrom('drop', 'add', 'replace'), (option, seed, slip) => {
      const at = seed % option.length;
      const rest = option.slice(slip === 'add' ? at : at + 1);
      const typed = `${option.slice(0, at)}${slip === 'drop' ? '' : 'z'}${rest}`;
      expect(nearest(typed, [option])).toBe(option);
    }),
  );
});
