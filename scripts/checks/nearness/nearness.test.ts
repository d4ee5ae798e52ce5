import { beforeAll, expect, test } from 'vitest';
import type { PlannedStep, RunRecord, StatementRecord, StepEvent } from '../../artifacts/records/records.ts';
import { loadAdvice } from '../advice.ts';
import {
  evidence,
  EXCLUSIVE,
  plannedStep,
  runRecord,
  statementRecord,
  stepWindow,
} from '../evidence/evidence-fixture.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { judgeEvidence } from '../judge.ts';

beforeAll(loadAdvice);

const ROWS = 200_000;
const SHOWN = { shown: { lock_timeout: '2s' } };

interface Scene {
  readonly records: readonly Partial<StatementRecord>[];
  readonly run?: Partial<RunRecord>;
  readonly takenAt?: string | null;
  readonly shown?: Readonly<Record<string, string>>;
  readonly parts?: Partial<Evidence>;
}

/** Of statements that were sent at 5 s. */
function limits({ records, run = {}, takenAt = null, shown = SHOWN.shown, parts = {} }: Scene): string[] {
  const { snapshot } = evidence();
  const tables = [
    { name: 'public.customers', rows: ROWS, bytes: 1 },
    { name: 'public.orders', rows: 10_000, bytes: 1 },
  ];
  const known = evidence({
    run: runRecord({ budgets: { lockWaitMs: 500, lockHoldMs: 100 }, ...run }),
    steps: [
      ...stepWindow('alter', 4900, 7000, { shown }),
      ...records.map((record, at) => statementRecord({ index: at + 1, sentMs: 5000, ...record })),
    ],
    ...(snapshot && { snapshot: { ...snapshot, tables, takenAt } }),
    ...parts,
  });
  return judgeEvidence(known).limits.filter((limit) => /million rows|nobody was there/.test(limit));
}

const SCANNED: Partial<StatementRecord> = {
  respondedMs: 5040,
  releasedMs: 5040,
  scanned: [{ relation: 'public.customers', rows: ROWS + 7 }],
};
const NEAR =
  'Step 1 alter, statement 1, scanned all of customers (200,000 rows) in 40 ms while ACCESS EXCLUSIVE stopped the app: 200 ms per million rows. ' +
  'It breaks the budget of 100 ms for lockHold at about 500,000 rows; when the snapshot was taken is not stated (snapshot.takenAt).';

test('a pass says how near it was: time per million rows, the size that breaks the budget, the age of the snapshot', () => {
  expect(limits({ records: [SCANNED] })).toEqual([NEAR]);
  expect(limits({ records: [SCANNED], takenAt: '2026-11-16T02:00:00Z' })).toEqual([
    NEAR.replace(/when the.*/, 'the snapshot was 6 days old.'),
  ]);
  expect(limits({ records: [SCANNED], run: { budgets: { lockWaitMs: 500 } } })).toEqual([
    NEAR.replace('100 ms for lockHold at about 500,000', '500 ms for lockWait at about 2,500,000'),
  ]);
});

test('what does not grow with the table stays as it is, and what one transaction did grows together', () => {
  expect(limits({ records: [{ ...SCANNED, releasedMs: 5060 }] })).toEqual([
    NEAR.replace('500,000', '400,000'),
  ]);
  const both = [
    { ...SCANNED, releasedMs: 5080 },
    { ...SCANNED, sentMs: 5040, respondedMs: 5080, releasedMs: 5080, newLocks: [], heldWith: 1 },
  ];
  expect(limits({ records: both })).toEqual(
    [1, 2].map((statement) =>
      NEAR.replace('statement 1', `statement ${statement}`).replace('500,000', '250,000'),
    ),
  );
});

test('a rewrite and an index are called so, and what stops writes alone counts too', () => {
  const rewrote = limits({ records: [{ ...SCANNED, rewrote: ['public.customers'] }] });
  expect(rewrote).toEqual([NEAR.replace('scanned', 'rewrote')]);
  const lock = { ...EXCLUSIVE, mode: 'ShareLock' };
  const indexed = {
    ...SCANNED,
    sql: 'create index on customers (name)',
    locks: [lock],
    newLocks: [lock],
    scanned: [],
  };
  expect(limits({ records: [indexed] })).toEqual([
    NEAR.replace('scanned', 'indexed').replace('ACCESS EXCLUSIVE', 'SHARE'),
  ]);
});

test.each<[string, Partial<StatementRecord>]>([
  ['a part of the table was read', { ...SCANNED, scanned: [{ relation: 'public.customers', rows: 70_000 }] }],
  ['nobody was stopped', { ...SCANNED, locks: [], newLocks: [] }],
  ['the budget was broken', { ...SCANNED, respondedMs: 5140, releasedMs: 5140 }],
  ['it took next to nothing', { ...SCANNED, respondedMs: 5001, releasedMs: 5001 }],
  ['the plan made the table', { ...SCANNED, scanned: [{ relation: 'public.made', rows: ROWS }] }],
])('where %s, nothing is said', (_, record) => {
  expect(limits({ records: [record] })).toEqual([]);
});

const UNMET =
  'Step 1 alter took ACCESS EXCLUSIVE on customers without a lock_timeout, and nobody was there to wait for: behind a long report, everybody who asks for the table would wait for as long as that stays. ' +
  'To rehearse it, add to load: actors: { report: { kind: long-reader, table: customers, at: alter, for: 20s } }, and beside load: scenarios: [quiet, report].';

test('ACCESS EXCLUSIVE without a lock_timeout in force, and nobody to wait for, names the scenario to add', () => {
  expect(limits({ records: [{}], shown: { lock_timeout: '0' } })).toEqual([UNMET]);
  const own = { sql: 'set lock_timeout = 0', sentMs: 4990, releasedMs: 4991, locks: [], newLocks: [] };
  expect(limits({ records: [own, {}] })).toEqual([UNMET]);
});

test.each<[string, Scene]>([
  ['a lock_timeout is in force', { records: [{}] }],
  [
    'the file sets one',
    {
      records: [{ sql: "set lock_timeout = '1s'", sentMs: 4990, releasedMs: 4991, newLocks: [] }, {}],
      shown: { lock_timeout: '0' },
    },
  ],
  ['nobody knows', { records: [{}], shown: {} }],
  [
    'another scenario has company',
    {
      records: [{}],
      shown: { lock_timeout: '0' },
      run: { playings: [{ index: 1, scenario: 'report', repetition: 1 }] },
      parts: { actors: [] },
    },
  ],
  [
    'a weaker lock is taken',
    { records: [{ newLocks: [{ ...EXCLUSIVE, mode: 'ShareLock' }] }], shown: { lock_timeout: '0' } },
  ],
])('where %s, no scenario is asked for', (_, scene) => {
  expect(limits(scene)).toEqual([]);
});

/** A command that held ACCESS EXCLUSIVE, and what it sent of its own. */
function ofCommand(set: string | null, planned: Partial<PlannedStep> = {}, unread = 0): string[] {
  const event = { step: 'alter', tMs: 6000 };
  const sent: StepEvent = {
    ...event,
    type: 'command-statement',
    pid: 42,
    sentMs: 4950,
    sql: set ?? '',
    command: 'SET',
    error: null,
  };
  return limits({
    records: [],
    run: { plan: [plannedStep('alter', { kind: 'command', files: [], ...planned })] },
    parts: {
      steps: [
        ...stepWindow('alter', 4900, 7000),
        ...(set === null ? [] : [sent]),
        { ...event, type: 'command-sessions', sessions: 1, unread, isWhole: true },
      ],
      locks: [{ tMs: 5000, lastMs: 5050, pid: 42, step: 'alter', ...TABLE_LOCK, granted: true }],
    },
  });
}
const TABLE_LOCK = { relation: 'public.customers', mode: 'AccessExclusiveLock' };

test('a command that waits without a lock_timeout is told too, where its sessions could be read', () => {
  expect(ofCommand(null)).toEqual([UNMET]);
  expect(ofCommand('set lock_timeout = 0', { lockTimeoutMs: 2000 })).toEqual([UNMET]);
  expect(ofCommand("set lock_timeout = '2s'")).toEqual([]);
  expect(ofCommand(null, { lockTimeoutMs: 2000 })).toEqual([]);
  expect(ofCommand(null, {}, 1)).toEqual([]);
});

/** A command that sent these texts in one transaction of 5,000 to 5,100 ms, and went through all of customers. */
function sentAs(
  texts: readonly { sql: string; sentMs: number; tMs: number }[],
  whole: { isRewritten: boolean; readRows: number },
): string[] {
  return limits({
    records: [],
    run: { plan: [plannedStep('alter', { kind: 'command', files: [], lockTimeoutMs: 2000 })] },
    parts: {
      steps: [
        ...stepWindow('alter', 4900, 7000),
        ...texts.map((text): StepEvent => ({
          type: 'command-statement',
          step: 'alter',
          pid: 42,
          releasedMs: 5060,
          ...text,
          command: 'ALTER TABLE',
          error: null,
        })),
      ],
      locks: [{ tMs: 5005, lastMs: 5055, pid: 42, step: 'alter', ...TABLE_LOCK, granted: true }],
      schema: [
        { type: 'whole-tables', step: 'alter', tMs: 7000, tables: [{ table: 'public.customers', ...whole }] },
      ],
    },
  });
}

const BY_COMMAND = NEAR.replace('statement 1', '"alter table customers alter name set not null"').replace(
  '500,000',
  '400,000',
);
const CHECKS_ALL = { sql: 'alter table customers alter name set not null', sentMs: 5000, tMs: 5040 };

test('what a command did is told as of an sql step: the statement that worked while it kept others from the table', () => {
  const read = { isRewritten: false, readRows: ROWS };
  const settings = { sql: 'create table other ()', sentMs: 5041, tMs: 5042 };
  expect(sentAs([CHECKS_ALL, settings], read)).toEqual([BY_COMMAND]);
  expect(sentAs([CHECKS_ALL], { isRewritten: true, readRows: 0 })).toEqual([
    BY_COMMAND.replace('scanned', 'rewrote'),
  ]);
});

test('of statements that a command sent in one text, the one that names the table did it', () => {
  const first = { sql: 'create table other ()', sentMs: 5000, tMs: 5040 };
  expect(sentAs([first, CHECKS_ALL], { isRewritten: true, readRows: 0 })).toEqual([
    BY_COMMAND.replace('scanned', 'rewrote'),
  ]);
});
