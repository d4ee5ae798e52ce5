import { expect, test } from 'vitest';
import {
  evidence,
  plannedStep,
  runRecord,
  statementRecord,
  stepWindow,
  waitRecord,
} from '../../evidence/evidence-fixture.ts';
import { analyse } from '../analyse.ts';

const polls = [5010, 5020, 5030];

test('sessions behind the migration, directly or through others that wait, are counted until its release', () => {
  const waits = polls.flatMap((tMs) => [
    waitRecord({ tMs, sinceMs: 5002, pid: 1000 }),
    waitRecord({ tMs, sinceMs: 5005, pid: 1001, blockedBy: [{ pid: 1000, role: 'app' }] }),
    waitRecord({ tMs, sinceMs: 5001, pid: 1002, blockedBy: [{ pid: 77, role: 'other' }] }),
  ]);
  const steps = [
    ...stepWindow('alter', 4900, 6000),
    statementRecord({ sentMs: 5000, respondedMs: 5001, releasedMs: 5034 }),
  ];
  const [step] = analyse(evidence({ waits, steps })).steps;
  expect(step?.statements[0]?.blocked).toEqual({
    sessionSeconds: (32 + 29) / 1000,
    peak: 2,
    longestMs: 32,
    relations: ['public.customers'],
    locktypes: ['relation'],
    waiters: [{ role: 'app', sessions: 2, sessionSeconds: (32 + 29) / 1000, longestMs: 32 }],
  });
});

test('the statement that holds the wanted relation is blamed, not another of the same transaction', () => {
  const waits = polls.map((tMs) => waitRecord({ tMs, sinceMs: 5002, relation: 'public.orders' }));
  const orders = { relation: 'public.orders', mode: 'AccessExclusiveLock', existedBefore: true };
  const steps = [
    ...stepWindow('alter', 4900, 6000),
    statementRecord({ index: 1, sentMs: 4990, respondedMs: 4991, releasedMs: 5034 }),
    statementRecord({ index: 2, sentMs: 5000, respondedMs: 5001, releasedMs: 5034, newLocks: [orders] }),
  ];
  const [step] = analyse(evidence({ waits, steps })).steps;
  expect(step?.statements.map(({ blocked }) => blocked.longestMs)).toEqual([0, 32]);
});

test('a statement names whom it waited for', () => {
  const own = { pid: 42, role: 'migration', mode: 'AccessExclusiveLock' } as const;
  const waits = polls.map((tMs) =>
    waitRecord({
      ...own,
      tMs,
      sinceMs: 5001,
      blockedBy: [
        { pid: 9, role: 'other' },
        { pid: 1000, role: 'app' },
      ],
    }),
  );
  const steps = [...stepWindow('alter', 4900, 6000), statementRecord({ sentMs: 5000, respondedMs: 5036 })];
  const [step] = analyse(evidence({ waits, steps })).steps;
  expect(step?.statements[0]?.blockedBy).toEqual(['app', 'other']);
});

test('a command’s backends are known by the locks that were seen in its step', () => {
  const run = runRecord({ plan: [plannedStep('flyway', { kind: 'command', files: [] })] });
  const waits = polls.map((tMs) =>
    waitRecord({ tMs, sinceMs: 5002, blockedBy: [{ pid: 500, role: 'other' }] }),
  );
  const locks = polls.map((tMs) => ({
    tMs,
    pid: 500,
    step: 'flyway',
    relation: 'public.customers',
    mode: 'AccessExclusiveLock',
    granted: true,
  }));
  const steps = stepWindow('flyway', 4900, 6000);
  const [step] = analyse(evidence({ run, waits, locks, steps })).steps;
  expect(step?.blocked).toEqual({
    sessionSeconds: 0.033,
    peak: 1,
    longestMs: 33,
    relations: ['public.customers'],
    locktypes: ['relation'],
    waiters: [{ role: 'app', sessions: 1, sessionSeconds: 0.033, longestMs: 33 }],
  });
  expect(analyse(evidence({ run, waits, steps })).steps[0]?.blocked.peak).toBe(0);
});

test('waits that no poll saw are laid on who held the relation, but for those on rows', () => {
  const told = { type: 'wait', role: 'app', mode: 'RowExclusiveLock', end: 'granted' } as const;
  const wanted = { ...told, relation: 'public.customers', locktype: 'relation' };
  const exactWaits = [
    { ...wanted, pid: 1000, fromMs: 5002, toMs: 5008 },
    { ...wanted, pid: 1001, fromMs: 5004, toMs: 5008 },
    { ...wanted, pid: 1002, fromMs: 5004, toMs: 5008, locktype: 'tuple' },
    { ...wanted, pid: 1003, fromMs: 5004, toMs: 5008, relation: 'public.orders' },
    { ...wanted, pid: 1004, fromMs: 5100, toMs: 5108 },
  ];
  const steps = [
    ...stepWindow('alter', 4900, 6000),
    statementRecord({ sentMs: 5000, respondedMs: 5001, releasedMs: 5008 }),
  ];
  const [step] = analyse(evidence({ exactWaits, steps })).steps;
  expect(step?.statements[0]?.blocked).toEqual({
    sessionSeconds: 0.01,
    peak: 2,
    longestMs: 6,
    relations: ['public.customers'],
    locktypes: ['relation'],
    waiters: [{ role: 'app', sessions: 2, sessionSeconds: 0.01, longestMs: 6 }],
  });
});
