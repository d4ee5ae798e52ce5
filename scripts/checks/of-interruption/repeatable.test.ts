import { beforeAll, expect, test } from 'vitest';
import type { InterruptionRecord } from '../../artifacts/records/records.ts';
import type { UnfinishedObject } from '../../artifacts/records/of-plan/schema-records.ts';
import { loadAdvice } from '../advice.ts';
import {
  evidence,
  plannedStep,
  request,
  requestTable,
  runRecord,
  statementRecord,
  stepError,
  stepWindow,
} from '../evidence/evidence-fixture.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { analyse } from '../analysis/analyse.ts';
import { judgeEvidence } from '../judge.ts';

beforeAll(loadAdvice);

const INDEX: UnfinishedObject = {
  kind: 'index',
  oid: 7,
  name: 'public.i',
  relation: 'public.customers',
  isPart: false,
  lacking: [],
};
const OLD: UnfinishedObject = { ...INDEX, oid: 6, name: 'public.old' };
const CUT: InterruptionRecord = {
  type: 'interruption',
  step: 'index',
  how: 'session',
  tMs: 100,
  index: 1,
  attempt: 1,
  file: 'sql/index.sql',
  line: 3,
  moment: 'running',
  serverWentOnMs: 5,
  againFrom: null,
  error: null,
  failedIndex: null,
  secondAttempt: 2,
};
const SQL = 'create index concurrently i on customers (name)';

function cutOff(record: InterruptionRecord | null, left: readonly UnfinishedObject[] = []): Evidence {
  const error = record?.error ?? null;
  return evidence({
    run: runRecord({ plan: [plannedStep('index', { cut: 'session' })] }),
    steps: [
      ...stepWindow('index', 0, 500),
      statementRecord({ step: 'index', attempt: 2, index: 1, sql: SQL, error }),
      ...(record === null ? [] : [record]),
    ],
    schema: [
      { type: 'unfinished', step: null, attempt: null, tMs: 0, objects: [OLD] },
      { type: 'unfinished', step: 'index', attempt: 1, tMs: 101, objects: [OLD, ...left] },
      { type: 'unfinished', step: 'index', attempt: null, tMs: 500, objects: [OLD] },
    ],
  });
}

const found = (of: Evidence): unknown[] =>
  judgeEvidence(of)
    .findings.filter(({ check }) => check === 'repeatable')
    .map(({ status, message, insteadSql }) => [status, message, insteadSql]);

test('a step that goes through the second time is none, and its leftovers are told', () => {
  expect(found(cutOff(CUT, [INDEX]))).toEqual([]);
  expect(judgeEvidence(cutOff(CUT, [INDEX])).interruptions).toEqual([
    {
      step: 'index',
      how: 'session',
      file: 'sql/index.sql',
      line: 3,
      moment: 'running',
      cuts: 1,
      secondTry: 'ok',
      message: null,
      serverWentOnMs: 5,
      rowsTwice: null,
      rowsLeftOut: null,
      leftovers: [
        {
          kind: 'index',
          name: 'public.i',
          relation: 'public.customers',
          remedy: 'drop index concurrently public.i;',
        },
      ],
    },
  ]);
});

test('one that does not is a failure with what was left behind and what to write instead', () => {
  const error = stepError('42P07', 'relation "i" already exists');
  const failed = { ...CUT, error: { ...error, line: 3 }, failedIndex: 1 };
  expect(found(cutOff(failed, [INDEX]))).toEqual([
    [
      'fail',
      'Step 1 index cannot be run again: its session was ended while the server ran sql/index.sql line 3, and its second try failed at line 3: 42P07 relation "i" already exists. The first try left behind: index i of customers is INVALID: no query uses it, and writes pay for it.',
      `drop index concurrently if exists public.i;\n${SQL};`,
    ],
  ]);
  expect(judgeEvidence(cutOff(failed)).interruptions).toMatchObject([{ secondTry: '42P07', leftovers: [] }]);
});

test('of a command the statement is told, and the lock that its tool left with what releases it', () => {
  const toolLocks = [
    {
      tool: 'golang-migrate',
      table: 'public.schema_migrations',
      remedy: 'migrate force <the version before it>',
    },
  ];
  const error = { ...stepError('22012', 'division by zero'), line: null };
  const command = { sql: 'alter table customers add column note text', toolLocks };
  const place = { file: null, line: null, index: 0, how: 'server', moment: 'open' } as const;
  const downs = [{ fromMs: 100, toMs: 340 }];
  const of = cutOff({ ...CUT, ...place, error, command, downs });
  expect(found(of)).toEqual([
    [
      'fail',
      'Step 1 index cannot be run again: its server crashed in the transaction of "alter table customers add column note text", and its second try failed: 22012 division by zero. The first try left behind: the lock of golang-migrate in schema_migrations.',
      null,
    ],
  ]);
  expect(judgeEvidence(of).interruptions).toMatchObject([
    {
      how: 'server',
      downMs: 240,
      statement: 'alter table customers add column note text',
      leftovers: [{ kind: 'tool-lock', name: 'public.schema_migrations', relation: '' }],
    },
  ]);
  const over = cutOff({
    ...CUT,
    ...place,
    how: 'client',
    moment: 'done',
    command: { sql: null, toolLocks: [] },
  });
  expect(judgeEvidence(over).interruptions).toMatchObject([{ statement: null, secondTry: 'ok' }]);
});

test('a server that was crashed on purpose is no finding, and requests of that time are set aside', () => {
  const downs = [{ fromMs: 100, toMs: 340 }];
  const crashed = {
    ...cutOff({ ...CUT, how: 'server', downs }),
    presence: [{ type: 'away', role: 'primary', why: 'restarting', fromMs: 60, toMs: 400 } as const],
    requests: requestTable([request(50, 55), request(90, 300, 'lost'), request(450, 455)]),
  };
  const result = judgeEvidence(crashed);
  expect(result.findings.filter(({ check }) => check === 'serverPresence')).toEqual([]);
  expect(analyse(crashed).evidence.requests?.count).toBe(2);
  expect(analyse(crashed).away).toEqual([]);
});

test('one that was to be cut off and was not is not known to be repeatable', () => {
  expect(found(cutOff(null))).toEqual([
    ['inconclusive', 'Whether step 1 index can be run again is not known: it was not cut off.', null],
  ]);
});

test('nothing is said where no step was to be cut off', () => {
  const result = judgeEvidence(evidence());
  expect(result).not.toHaveProperty('interruptions');
  expect(result.checks.find(({ id }) => id === 'repeatable')?.status).toBe('not-judged');
});

test.each([
  [
    { rowsTwice: 312, rowsLeftOut: 0, isSameAgain: true },
    'warn',
    '312 rows of customers were changed twice. They are the same as before, for the work of another backfill.',
  ],
  [
    { rowsTwice: 1, rowsLeftOut: 0, isSameAgain: false },
    'fail',
    '1 row of customers was changed twice. Its set reads what it sets, so that they are not what they would be without the cut.',
  ],
  [
    { rowsTwice: 2, rowsLeftOut: null, isSameAgain: null },
    'fail',
    '2 rows of customers were changed twice. Whether they are what they would be without the cut is not known.',
  ],
  [{ rowsTwice: 0, rowsLeftOut: 7, isSameAgain: true }, 'fail', '7 rows of customers were left out.'],
])('a backfill with %o is told', (rows, status, words) => {
  const place = { file: null, line: null, how: 'client', index: 0 } as const;
  const record = { ...CUT, ...place, backfill: { table: 'public.customers', cuts: 3, ...rows } };
  const message = `Step 1 index was cut off 3 times (its client was gone), and ${words}`;
  expect(found(cutOff(record))).toEqual([[status, message, null]]);
  const { rowsTwice, rowsLeftOut } = rows;
  expect(judgeEvidence(cutOff(record)).interruptions).toMatchObject([
    { secondTry: 'ok', cuts: 3, file: null, line: null, rowsTwice, rowsLeftOut },
  ]);
});

test('a backfill that changes each row once is none', () => {
  const backfill = { table: 'customers', cuts: 3, rowsTwice: 0, rowsLeftOut: 0, isSameAgain: false };
  expect(found(cutOff({ ...CUT, file: null, line: null, backfill }))).toEqual([]);
});

test('an advisory lock that the server held for a client that was gone is told where a job may be back sooner', () => {
  const held = { ...CUT, how: 'client', advisoryLocks: 1 } as const;
  const begin = 'When the client of step 1 index was gone, the server went on and';
  expect(found(cutOff({ ...held, serverWentOnMs: 12_000 }))).toEqual([
    [
      'warn',
      `${begin} held its 1 advisory lock for 12.0 s: whoever starts it again sooner waits for it, or is refused.`,
      null,
    ],
  ]);
  expect(found(cutOff({ ...held, advisoryLocks: 2, serverWentOnMs: null }))).toEqual([
    [
      'warn',
      `${begin} still held its 2 advisory locks when the second try began: whoever starts it again sooner waits for them, or is refused.`,
      null,
    ],
  ]);
  expect(found(cutOff({ ...held, serverWentOnMs: 20 }))).toEqual([]);
  expect(judgeEvidence(cutOff({ ...held, serverWentOnMs: 20 })).interruptions).toMatchObject([
    { advisoryLocks: 1, serverWentOnMs: 20 },
  ]);
});

test('rows that are not what the quiet playing leaves are a failure of any step, unless its second try failed', () => {
  const rows = { compared: 900, setAside: 100, unlike: 30, leftOut: 10, oneIn: 1 };
  const besides = (record: InterruptionRecord, unlike = rows): Evidence => {
    const of = cutOff(record);
    const table = { table: 'public.customers', reason: null, rows: unlike };
    const quiet = { type: 'beside-quiet', step: 'index', tMs: 500, tables: [table] } as const;
    return { ...of, schema: [...(of.schema ?? []), quiet] };
  };
  expect(found(besides(CUT))).toEqual([
    [
      'fail',
      'Step 1 index was cut off (its session was ended), and behind its second try 30 rows of customers out of 900 are not what the quiet playing leaves: 20 changed otherwise, as where they are done twice, 10 left out.',
      null,
    ],
  ]);
  expect(judgeEvidence(besides(CUT)).interruptions).toMatchObject([
    {
      rowsTwice: 20,
      rowsLeftOut: 10,
      besideQuiet: [{ table: 'public.customers', reason: null, rows }],
    },
  ]);
  expect(found(besides(CUT, { ...rows, unlike: 0, leftOut: 0 }))).toEqual([]);
  const failed = judgeEvidence(besides({ ...CUT, error: stepError('42P07', 'it is there') }));
  expect(failed.interruptions).toMatchObject([{ rowsTwice: null, rowsLeftOut: null }]);
  expect(failed.findings.filter(({ message }) => message.includes('quiet'))).toEqual([]);
  // By its batches a backfill did some twice, and nobody can read its set; what is there is as ever.
  const backfill = { table: 'customers', cuts: 3, rowsTwice: 5, rowsLeftOut: 0, isSameAgain: null };
  const same = besides({ ...CUT, backfill }, { ...rows, unlike: 0, leftOut: 0 });
  expect(found(same)).toMatchObject([
    ['warn', expect.stringContaining('5 rows of customers were changed twice') as string, null],
  ]);
});
