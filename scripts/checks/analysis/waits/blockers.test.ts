import { expect, test } from 'vitest';
import type { WaitRecord } from '../../../artifacts/records/records.ts';
import { evidence, statementRecord, stepWindow, waitRecord } from '../../evidence/evidence-fixture.ts';
import { analyse } from '../analyse.ts';
import type { Blocker } from './blockers.ts';

const own = { pid: 42, role: 'migration', mode: 'AccessExclusiveLock' } as const;
const by = (...pids: number[]): WaitRecord['blockedBy'] =>
  pids.map((pid) => ({ pid, role: pid >= 1000 ? 'app' : 'other' }));

function blockers(waits: readonly WaitRecord[]): readonly Blocker[] {
  const steps = [...stepWindow('alter', 4900, 6000), statementRecord({ sentMs: 5000, respondedMs: 5042 })];
  return analyse(evidence({ waits, steps })).steps[0]?.statements[0]?.blockers ?? [];
}

test('the tree goes down to the session that waited for nobody, with what it did when it began to block', () => {
  const report = {
    pid: 9,
    applicationName: 'report',
    state: 'active',
    query: 'select $1',
    transactionMs: 100,
  };
  const idle = { ...report, state: 'idle in transaction' };
  const found = blockers([
    waitRecord({ ...own, tMs: 5010, sinceMs: 5001, blockedBy: by(1000) }),
    waitRecord({ pid: 1000, tMs: 5010, sinceMs: 4990, blockedBy: by(9), sessions: [report] }),
    waitRecord({ ...own, tMs: 5020, sinceMs: 5001, blockedBy: by(1000) }),
    waitRecord({ pid: 1000, tMs: 5020, sinceMs: 4990, blockedBy: by(9), sessions: [idle] }),
  ]);
  expect(found).toEqual([
    {
      role: 'app',
      applicationName: null,
      state: null,
      query: null,
      level: 1,
      isRoot: false,
      sessions: 1,
      ms: 24,
    },
    {
      role: 'other',
      applicationName: 'report',
      state: 'active',
      query: 'select $1',
      level: 2,
      isRoot: true,
      sessions: 1,
      ms: 24,
      transactionSinceMs: 4910,
    },
  ]);
});

test('sessions that are alike are told once, the longest first', () => {
  const found = blockers([
    waitRecord({ ...own, tMs: 5010, sinceMs: 5000, blockedBy: by(1000, 1001, 9) }),
    waitRecord({ ...own, tMs: 5020, sinceMs: 5000, blockedBy: by(1001) }),
  ]);
  expect(found.map(({ role, sessions, ms }) => [role, sessions, ms])).toEqual([
    ['app', 2, 25],
    ['other', 1, 10],
  ]);
});

test('sessions that wait for each other do not lead astray', () => {
  const found = blockers([
    waitRecord({ ...own, tMs: 5010, sinceMs: 5000, blockedBy: by(1000) }),
    waitRecord({
      pid: 1000,
      tMs: 5010,
      sinceMs: 5000,
      blockedBy: [{ pid: 42, role: 'migration' }, ...by(1001)],
    }),
    waitRecord({ pid: 1001, tMs: 5010, sinceMs: 5000, blockedBy: by(1000) }),
  ]);
  expect(found.map(({ role, level, isRoot, sessions }) => [role, level, isRoot, sessions])).toEqual([
    ['app', 1, false, 2],
  ]);
});

test('a queue in which everybody waits for all ahead is followed in no time, and truly', () => {
  const pids = Array.from({ length: 400 }, (_, place) => 1000 + place);
  const waits = Array.from({ length: 10 }, (_, look) => 5010 + look).flatMap((tMs) => [
    waitRecord({ ...own, tMs, sinceMs: 5000, blockedBy: by(...pids, 9) }),
    ...pids.map((pid, place) =>
      waitRecord({ pid, tMs, sinceMs: 4000 + place, blockedBy: by(...pids.slice(0, place), 9) }),
    ),
  ]);
  const startedMs = performance.now();
  const found = blockers(waits);
  expect(found.map(({ role, level, isRoot, sessions }) => [role, level, isRoot, sessions])).toEqual([
    ['app', 1, false, 400],
    ['other', 1, true, 1],
  ]);
  expect(performance.now() - startedMs).toBeLessThan(10_000);
});

test('a ring of sessions that waits for nobody else has an end', () => {
  const pids = Array.from({ length: 60 }, (_, place) => 1000 + place);
  const found = blockers([
    waitRecord({ ...own, tMs: 5010, sinceMs: 5000, blockedBy: by(1000) }),
    ...pids.map((pid) => waitRecord({ pid, tMs: 5010, sinceMs: 4000, blockedBy: by(...pids) })),
  ]);
  expect(found.map(({ level, isRoot, sessions }) => [level, isRoot, sessions])).toEqual([[1, false, 60]]);
});

test('a queue told by who is right ahead is as if all were named: alike sessions are one line, whatever place they have', () => {
  const pids = Array.from({ length: 20 }, (_, place) => 1000 + place);
  const found = blockers([
    waitRecord({ ...own, tMs: 5010, lastMs: 5030, sinceMs: 5000, blockedBy: [], after: 1019 }),
    ...pids.map((pid, place) =>
      waitRecord({
        pid,
        tMs: 5010,
        lastMs: 5030,
        sinceMs: 4000,
        blockedBy: place === 0 ? by(9) : [],
        ...(place === 0 ? {} : { after: pid - 1 }),
      }),
    ),
  ]);
  expect(found.map(({ role, level, isRoot, sessions }) => [role, level, isRoot, sessions])).toEqual([
    ['app', 1, false, 20],
    ['other', 2, true, 1],
  ]);
});
