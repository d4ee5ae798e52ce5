import { expect, test } from 'vitest';
import { sampleStatement } from '../../test/report/sample-parts.ts';
import type { Blocker } from '../checks/result/contract/result.ts';
import { chainText, impactOf } from './blockers.ts';
import { lockGroups, slotsText } from './lock-groups.ts';

const APP = { role: 'app', sessions: 16, sessionSeconds: 39.9, longestMs: 2500 };

function blocker(rest: Partial<Blocker>): Blocker {
  return {
    role: 'other',
    applicationName: 'report',
    state: 'active',
    query: 'select $1',
    level: 1,
    isRoot: true,
    sessions: 1,
    ms: 2500,
    ...rest,
  };
}

test.each([
  [[APP], [blocker({})], 'app ← ALTER TABLE ← report'],
  [[], [blocker({ applicationName: '' })], 'ALTER TABLE ← another program'],
  [[APP], [], 'app ← ALTER TABLE'],
  [[], [], null],
  [[], [blocker({ role: 'app', isRoot: false }), blocker({ level: 2 })], 'ALTER TABLE ← app ← report'],
  [[], [blocker({}), blocker({ role: 'app', ms: 1000 })], 'ALTER TABLE ← report and 1 more'],
  [[APP], [blocker({}), blocker({ role: 'app', ms: 9 })], 'app ← ALTER TABLE ← report'],
])('a chain goes from those who waited to where the queue began', (waiters, blockers, expected) => {
  expect(chainText(impactOf(sampleStatement({ waiters, blockers })))).toBe(expected);
});

test('hundreds of partitions are told as the table that they make up', () => {
  const part = (name: string, mode: string, partitionOf?: string) => ({
    relation: `public.${name}`,
    mode,
    ...(partitionOf === undefined ? {} : { partitionOf: `public.${partitionOf}` }),
  });
  const parts = Array.from({ length: 300 }, (_, at) => part(`log_${at}`, 'AccessExclusiveLock', 'log'));
  expect(
    lockGroups([
      part('users', 'ShareLock'),
      part('log', 'AccessExclusiveLock'),
      ...parts,
      part('log_1_pkey', 'AccessShareLock', 'log_pkey'),
    ]),
  ).toEqual([
    'log and its 300 partitions: ACCESS EXCLUSIVE',
    'users: SHARE',
    '1 partition of log_pkey: ACCESS SHARE',
  ]);
});

test('lock slots are told when a transaction took more than its share', () => {
  const slots = (used: number) =>
    slotsText(sampleStatement({ lockSlots: { used, perTransaction: 64, total: 7936 } }));
  expect(slots(64)).toBeNull();
  expect(slots(612)).toBe(
    'its transaction took 612 of about 7,936 lock slots (max_locks_per_transaction is 64)',
  );
});
