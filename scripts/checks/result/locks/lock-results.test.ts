import { expect, test } from 'vitest';
import { HeldLocks } from '../../analysis/waits/held-locks.ts';
import { lockResults, rewroteResults } from './lock-results.ts';

const mode = 'AccessExclusiveLock';
const whole = { relation: 'public.events', mode };
const parts = (count: number): { relation: string; mode: string; partitionOf: string }[] =>
  Array.from({ length: count }, (_, part) => ({
    relation: `public.e${part}`,
    mode,
    partitionOf: whole.relation,
  }));

test('each lock is told once, and a few partitions by their names', () => {
  const share = { relation: 'public.events', mode: 'ShareLock' };
  expect(lockResults([whole, ...parts(2), ...parts(2), share])).toEqual([whole, ...parts(2), share]);
});

test('five thousand partitions under one lock are one lock with their number', () => {
  const other = { relation: 'public.notes', mode };
  expect(lockResults([whole, ...parts(5000), other])).toEqual([{ ...whole, partitions: 5000 }, other]);
  expect(lockResults(parts(21))).toEqual([{ ...whole, partitions: 21 }]);
});

test('the table stands for many partitions that were written anew', () => {
  const locks = new HeldLocks([whole, ...parts(30)].map((lock) => ({ ...lock, existedBefore: true })));
  expect(rewroteResults(['public.e1', 'public.e2'], locks)).toEqual(['public.e1', 'public.e2']);
  expect(rewroteResults([...parts(30).map(({ relation }) => relation), 'public.x'], locks)).toEqual([
    'public.events',
    'public.x',
  ]);
});
