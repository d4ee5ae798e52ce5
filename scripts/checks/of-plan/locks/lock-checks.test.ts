import { beforeAll, expect, test } from 'vitest';
import { loadAdvice } from '../../advice.ts';
import {
  evidence,
  plannedStep,
  request,
  requestTable,
  runRecord,
  statementRecord,
  stepError,
  stepWindow,
  waitRecord,
} from '../../evidence/evidence-fixture.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { judgeEvidence } from '../../judge.ts';
import type { Finding } from '../../result/contract/result.ts';

beforeAll(loadAdvice);

function findings(check: string, parts: Partial<Evidence>): Finding[] {
  return judgeEvidence(evidence(parts)).findings.filter((finding) => finding.check === check);
}

const polls = (fromMs: number, toMs: number): number[] =>
  Array.from({ length: Math.floor((toMs - fromMs) / 10) }, (_, poll) => fromMs + 5 + poll * 10);
const stalled = Array.from({ length: 40 }, (_, index) => request(5000 + index * 50, 7003));
const requests = requestTable([request(4000, 4002), ...stalled]);
const run = runRecord({ budgets: { lockWaitMs: 500, lockHoldMs: 500, p99Ms: 100, blockedSeconds: 3 } });
const steps = [
  ...stepWindow('alter', 4900, 7010),
  statementRecord({ sentMs: 5000, respondedMs: 6999, releasedMs: 7000 }),
];
const waits = polls(5000, 7000).flatMap((tMs) =>
  [1000, 1001].map((pid) => waitRecord({ tMs, pid, sinceMs: 5001 + (pid - 1000) })),
);

test('a statement that kept the app waiting fails lockWait, with its victims, what it did and what to write', () => {
  expect(findings('lockWait', { run, steps, waits, requests })).toEqual([
    {
      check: 'lockWait',
      status: 'fail',
      step: 'alter',
      statement: 1,
      measured: 1999,
      budget: 500,
      unit: 'ms',
      sqlstate: null,
      message: 'Step 1 alter stopped customers for 2.00 s (budget 500 ms): 40 requests waited, none failed.',
      advice:
        'Add a CHECK constraint as NOT VALID and validate it first: VALIDATE lets reads and writes go on, and SET NOT NULL then needs no scan.',
      insteadSql: [
        'alter table customers add constraint customers_name_is_set check (name is not null) not valid;',
        'alter table customers validate constraint customers_name_is_set;',
        'alter table customers alter column name set not null;',
        'alter table customers drop constraint customers_name_is_set;',
      ].join('\n'),
    },
  ]);
});

test('a statement that waited in the queue itself fails lockWait even when no session of the app was seen behind it', () => {
  const own = polls(5000, 6000).map((tMs) =>
    waitRecord({
      tMs,
      sinceMs: 5000,
      pid: 42,
      role: 'migration' as const,
      mode: 'AccessExclusiveLock',
      blockedBy: [{ pid: 9, role: 'other' }],
    }),
  );
  const short = [
    ...stepWindow('alter', 4900, 6010),
    statementRecord({ sentMs: 5000, respondedMs: 6001, releasedMs: 6002 }),
  ];
  const [finding] = findings('lockWait', {
    run,
    steps: short,
    waits: own,
    requests: requestTable([request(4000, 4002)]),
  });
  expect(finding?.message).toBe(
    'Step 1 alter waited 998 ms for customers behind another program (budget 500 ms), and all who came after it waited too: no request noticed.',
  );
  expect(finding?.insteadSql).toBe(
    "set lock_timeout = '300ms';\nalter table customers alter column name set not null;\n-- on error 55P03 (lock_not_available): wait a second, then try again",
  );
});

test('tries that gave up their place in the queue early are each judged by themselves', () => {
  const tries = [0, 1, 2].map((attempt) =>
    statementRecord({
      attempt: attempt + 1,
      sentMs: 5000 + attempt * 1000,
      respondedMs: 5300 + attempt * 1000,
      capture: 'none',
      newLocks: [],
      error: stepError('55P03', 'lock timeout'),
    }),
  );
  const own = tries.flatMap(({ sentMs }) =>
    polls(sentMs, sentMs + 300).map((tMs) =>
      waitRecord({ tMs, sinceMs: sentMs, pid: 42, role: 'migration', mode: 'AccessExclusiveLock' }),
    ),
  );
  const result = judgeEvidence(
    evidence({ run, waits: own, steps: [...stepWindow('alter', 4900, 8000), ...tries] }),
  );
  expect(result.steps[0]?.statements.map(({ lockWaitMs, blackoutMs }) => [lockWaitMs, blackoutMs])).toEqual([
    [300, 300],
  ]);
  expect(result.checks.find(({ id }) => id === 'lockWait')).toMatchObject({ status: 'pass', measured: 300 });
});

test('lockHold names the mode, and counts only modes that stop reads or writes', () => {
  expect(
    findings('lockHold', { run, steps, waits, requests }).map(({ message, measured }) => [measured, message]),
  ).toEqual([
    [
      2000,
      'Step 1 alter held customers in ACCESS EXCLUSIVE for 2.00 s (budget 500 ms): 40 requests waited, none failed.',
    ],
  ]);
  const harmless = [
    ...stepWindow('alter', 4900, 7010),
    statementRecord({
      sentMs: 5000,
      releasedMs: 7000,
      newLocks: [{ relation: 'public.customers', mode: 'ShareUpdateExclusiveLock', existedBefore: true }],
    }),
  ];
  expect(findings('lockHold', { run, steps: harmless, waits: [], requests })).toEqual([]);
});

test('a statement whose locks nobody could see leaves lockHold open', () => {
  const blind = [
    ...stepWindow('alter', 4900, 7010),
    statementRecord({ capture: 'none', newLocks: [], locks: [] }),
  ];
  expect(findings('lockHold', { run, steps: blind }).map(({ status, message }) => [status, message])).toEqual(
    [
      [
        'inconclusive',
        'Step 1 alter: the locks of statement 1 could not be seen, so how long it held them is not known.',
      ],
    ],
  );
});

test('a command’s locks are judged as they were seen from outside', () => {
  const plan = [plannedStep('flyway', { kind: 'command', files: [] })];
  const locks = polls(5000, 5800).map((tMs) => ({
    tMs,
    pid: 500,
    step: 'flyway',
    relation: 'public.customers',
    mode: 'ShareLock',
    granted: true,
  }));
  const [finding] = findings('lockHold', {
    run: runRecord({ plan, budgets: { lockHoldMs: 500 } }),
    locks,
    steps: stepWindow('flyway', 4900, 6000),
  });
  expect(finding).toMatchObject({
    step: 'flyway',
    statement: null,
    measured: 800,
    message: 'Step 1 flyway held customers in SHARE for 800 ms (budget 500 ms): no request noticed.',
  });
});

test('p99 is judged over each step with its drain, and says how many requests it rests on', () => {
  expect(findings('p99', { run, steps, waits, requests }).map(({ message }) => message)).toEqual([
    "Step 1 alter brought the app's p99 to 2.00 s (budget 100 ms), against 2.0 ms before the first step (over only 40 requests).",
  ]);
});

test('blocked session-seconds are summed over the run and pinned on the worst statement', () => {
  expect(
    findings('blockedSeconds', { run, steps, waits, requests }).map(({ message, measured }) => [
      measured,
      message,
    ]),
  ).toEqual([
    [
      3.997,
      "The app's sessions stood blocked behind the migration for 4.0 session-seconds (budget 3): 4.0 of them behind step 1 alter, up to 2 sessions at once.",
    ],
  ]);
});

test('a lock that its transaction kept gets the advice to end the transaction', () => {
  const kept = [
    ...stepWindow('alter', 4900, 7010),
    statementRecord({
      sql: 'alter table customers add column nick text',
      sentMs: 5000,
      respondedMs: 5001,
      releasedMs: 7000,
    }),
  ];
  expect(findings('lockHold', { run, steps: kept, waits, requests })[0]?.advice).toBe(
    'End the transaction right after it, and put what needs no lock on that table before it or into a transaction of its own.',
  );
});

test('a transaction that takes more than half of the lock table is warned about, and told how to go round it', () => {
  const slots = (used: number) => [
    ...stepWindow('alter', 4900, 7010),
    statementRecord({ lockSlots: { used, perTransaction: 64, total: 8000 } }),
  ];
  expect(findings('lockSlots', { steps: slots(4000) })).toEqual([]);
  const [finding] = findings('lockSlots', { steps: slots(5000) });
  expect(finding).toMatchObject({ status: 'warn', step: 'alter', statement: 1, measured: 62.5, budget: 50 });
  expect(finding?.message).toMatch(/^Step 1 alter took 5,000 of about 8,000 lock slots/);
});

test('a command that stood in the queue is charged with its wait, and names whom it waited for', () => {
  const plan = [plannedStep('flyway', { kind: 'command', files: [] })];
  const own = polls(5000, 6000).map((tMs) =>
    waitRecord({
      tMs,
      sinceMs: 5000,
      pid: 500,
      role: 'other' as const,
      mode: 'AccessExclusiveLock',
      blockedBy: [{ pid: 9, role: 'other' }],
    }),
  );
  const locks = own.map(({ tMs }) => ({
    tMs,
    pid: 500,
    step: 'flyway',
    relation: 'public.customers',
    mode: 'AccessExclusiveLock',
    granted: false,
  }));
  const result = judgeEvidence(
    evidence({
      run: runRecord({ plan, budgets: { lockWaitMs: 500 } }),
      waits: own,
      locks,
      steps: stepWindow('flyway', 4900, 6100),
    }),
  );
  expect(result.steps[0]?.outside).toMatchObject({ blackoutMs: 1000, lockWaitMs: 1000, lockHoldMs: 0 });
  expect(result.findings[0]?.message).toMatch(
    /^Step 1 flyway waited 1.00 s for .* behind another program \(budget 500 ms\)/,
  );
});
