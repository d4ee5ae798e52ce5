import { expect, it } from 'vitest';
import { asSecret, SIGNATURE } from '../provider-kit/wire.ts';
import { diffTriggers } from './triggers.ts';

function asset(hash: string, path: string): unknown {
  return { [SIGNATURE]: 'c44067f5952c0a294b673a41bacd8c17', hash, path };
}

it.each([
  ['the same values', ['a', 1], ['a', 1], []],
  ['another value', ['a', 1], ['a', 2], ['triggers']],
  ['none before and none now', undefined, [], []],
  ['one more value', [], ['a'], ['triggers']],
  ['a value that became a secret', ['a'], [asSecret('a')], []],
  ['the same content at another path', [asset('h', '/a')], [asset('h', '/b')], []],
  ['other content at the same path', [asset('h', '/a')], [asset('i', '/a')], ['triggers']],
])('replaces when triggers change: %s', (_what, olds, news, replaces) => {
  const inputs = (triggers: unknown): Record<string, unknown> => ({
    ...(triggers !== undefined && { triggers }),
  });
  expect(diffTriggers(inputs(olds), inputs(news)).replaces).toEqual(replaces);
});
