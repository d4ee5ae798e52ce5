import { expect, test } from 'vitest';
import { stepWindow, statementRecord } from './evidence-fixture.ts';
import { SharedLocks } from './shared-locks.ts';

const lock = (relation: string, mode = 'ShareLock') => ({ relation, mode, existedBefore: true });

test('equal locks of several statements are one object, and nothing of a record changes', () => {
  const shared = new SharedLocks();
  const records = [1, 2].map((index) =>
    statementRecord({ index, locks: [lock('public.a'), lock('public.b')], newLocks: [lock('public.b')] }),
  );
  const [one, two] = records.map((record) => shared.of(record));
  expect([one, two]).toEqual(records);
  if (one?.type !== 'statement' || two?.type !== 'statement') throw new Error('they are statements');
  expect(two.locks?.[0]).toBe(one.locks?.[0]);
  expect(two.newLocks[0]).toBe(one.locks?.[1]);
});

test('locks that differ in mode, age or table stay apart, and other records are as they were', () => {
  const locks = [
    lock('public.a'),
    lock('public.a', 'ExclusiveLock'),
    { ...lock('public.a'), existedBefore: false },
  ];
  const part = { ...lock('public.a'), partitionOf: 'public.whole' };
  const record = statementRecord({ locks: [...locks, part], newLocks: [] });
  expect(new SharedLocks().of(record)).toEqual(record);
  const [begin] = stepWindow('one', 0, 1);
  expect(begin && new SharedLocks().of(begin)).toBe(begin);
});
