import { expect, test } from 'vitest';
import { KnownLocks } from './known-locks.ts';

test('what was told is known with its storage and its rows, and what is freed is not', () => {
  const known = new KnownLocks();
  expect(known.values).toEqual(['{}', '{}', '{}', '{}', '{}']);
  known.add([[20001, 'ShareLock', 'public.a', 'r', 1, 0, 5, 7]]);
  const { length } = known;
  known.add([
    [20001, 'ExclusiveLock', 'public.a', 'r', 1, 0, 5, 7],
    [20002, 'AccessExclusiveLock', null, null, null, null],
  ]);
  known.add([[20001, null, 'public.a', 'r', 9, 0, 5, 8]]);
  expect(known.values).toEqual([
    '{20001,20001,20002}',
    '{ShareLock,ExclusiveLock,AccessExclusiveLock}',
    '{20001,20002}',
    '{9,0}',
    '{8,0}',
  ]);
  known.cut(length);
  expect(known.values).toEqual(['{20001}', '{ShareLock}', '{20001}', '{9}', '{8}']);
  known.cut(length + 1);
  expect(known.length).toBe(1);
});
