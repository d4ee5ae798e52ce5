import { beforeAll, expect, test } from 'vitest';
import type {
  ActorRecord,
  AttemptRecord,
  InterruptionRecord,
  RunRecord,
  StatementRecord,
} from '../../artifacts/records/records.ts';
import { loadAdvice } from '../advice.ts';
import type { Evidence } from '../evidence/evidence.ts';
import {
  evidence,
  EXCLUSIVE,
  plannedStep,
  runRecord,
  statementRecord,
  stepError,
  stepWindow,
  waitRecord,
} from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';
import type { Finding, Result } from '../result/contract/result.ts';

beforeAll(loadAdvice);

const reader = { actor: 'report', kind: 'long-reader' } as const;
const planned: ActorRecord = { ...reader, event: 'planned', tMs: 4000, step: 'alter', forMs: 20_000 };
const started: ActorRecord = { ...reader, event: 'started', tMs: 4800, message: 'on public.customers' };
const stopped: ActorRecord = { ...reader, event: 'stopped', tMs: 7000, message: null };

function judged(...actors: ActorRecord[]): { status: string; messages: string[]; result: Result } {
  const result = judgeEvidence(evidence({ actors }));
  return {
    status: result.checks.find(({ id }) => id === 'actors')?.status ?? '',
    messages: result.findings.filter(({ check }) => check === 'actors').map(({ message }) => message),
    result,
  };
}

test('an actor that was there all its time is in the result, from when to when', () => {
  const { status, result } = judged(planned, started, stopped);
  expect(status).toBe('pass');
  expect(result.actors).toEqual([
    { name: 'report', kind: 'long-reader', fromMs: 4800, toMs: 7000, note: null },
  ]);
});

test('a run with nobody else, or from before there were actors, is not judged', () => {
  expect(judged().status).toBe('not-judged');
  const old = judgeEvidence(evidence({ actors: undefined }));
  expect(old.verdict).toBe('pass');
  expect(old.actors).toEqual([]);
});

test('an actor that could not start makes the run inconclusive and says why', () => {
  const { status, messages, result } = judged(planned, {
    ...reader,
    event: 'failed',
    tMs: 4500,
    message: 'there is no table paymnts when it begins',
  });
  expect(status).toBe('inconclusive');
  expect(result.verdict).toBe('inconclusive');
  expect(messages).toEqual([
    'The long-reader report could not start: there is no table paymnts when it begins. The plan was not rehearsed in its company.',
  ]);
  expect(result.actors).toEqual([
    {
      name: 'report',
      kind: 'long-reader',
      fromMs: null,
      toMs: null,
      note: 'there is no table paymnts when it begins',
    },
  ]);
});

test('an actor that PostgreSQL ended early makes the run inconclusive', () => {
  const { messages } = judged(planned, started, {
    ...reader,
    event: 'failed',
    tMs: 5300,
    message: '57P01 terminating connection',
  });
  expect(messages).toEqual([
    'The long-reader report broke off after 500 ms: 57P01 terminating connection. What came later was not rehearsed in its company.',
  ]);
});

test('an actor that ended with a server that was crashed on purpose is no fault of the run', () => {
  const failed: ActorRecord = { ...reader, event: 'failed', tMs: 5310, message: 'terminated' };
  const cut: InterruptionRecord = {
    type: 'interruption',
    step: 'alter',
    how: 'server',
    tMs: 5300,
    moment: 'open',
    index: 1,
    attempt: 1,
    file: 'sql/alter.sql',
    line: 1,
    serverWentOnMs: 0,
    againFrom: null,
    error: null,
    failedIndex: null,
    secondAttempt: 2,
    downs: [{ fromMs: 5300, toMs: 5600 }],
  };
  const whole = evidence({ actors: [planned, started, failed] });
  const result = judgeEvidence({ ...whole, steps: [...(whole.steps ?? []), cut] });
  const findings = result.findings.filter(({ check }) => check === 'actors');
  expect(findings.map(({ status, message }) => [status, message])).toEqual([
    [
      'warn',
      'The long-reader report ended with the server, which was crashed on purpose, after 510 ms. What came later was not rehearsed in its company.',
    ],
  ]);
});

test('an actor without a record of its beginning or its end is not taken to have been there', () => {
  expect(judged(planned).messages).toEqual([
    'The long-reader report left no record of its beginning: whether the plan was rehearsed in its company is not known.',
  ]);
  expect(judged(planned, started).messages).toEqual([
    'The long-reader report left no record of its end: it was there for 3.20 s at most.',
  ]);
});

test('an actor whose step was never reached is not missing: the plan has failed before', () => {
  const run = runRecord({ outcome: 'step-failed', plan: [plannedStep('first'), plannedStep('alter')] });
  const steps = [
    ...stepWindow('first', 4900, 6000, { status: 'failed' }),
    {
      type: 'step-end',
      step: 'alter',
      tMs: 6000,
      status: 'skipped',
      attempts: 0,
      error: null,
      shown: {},
    } as const,
  ];
  const result = judgeEvidence(evidence({ run, steps, actors: [planned] }));
  expect(result.checks.find(({ id }) => id === 'actors')?.status).toBe('pass');
});

test('the record of the actors is asked for where the run could have had some', () => {
  const run = runRecord({ playings: [{ index: 1, scenario: 'company', repetition: 1 }] });
  const result = judgeEvidence(evidence({ run, actors: undefined }));
  expect(result.findings.map(({ message }) => message)).toEqual([
    "actors.ndjson is missing from the run's artifacts, and what they would show is not known.",
  ]);
});

/** An ALTER TABLE that waits behind the reader, twice: once for 300 ms with 55P03, then for as long as `lastMs`. */
function waiting(lastMs: number, rest: Partial<StatementRecord>): Partial<Evidence> {
  const facts = {
    applicationName: 'rehearse/actor/report',
    state: 'active',
    query: 'select $1',
    transactionMs: 9,
  };
  const tries = [
    statementRecord({ sentMs: 5000, respondedMs: 5300, releasedMs: 5300, ...GAVE_WAY }),
    statementRecord({
      attempt: 2,
      sentMs: 5500,
      respondedMs: 5500 + lastMs,
      releasedMs: 5500 + lastMs,
      ...rest,
    }),
  ];
  const waits = tries.flatMap(({ sentMs, respondedMs }) =>
    Array.from({ length: (respondedMs - sentMs) / 10 - 1 }, (_, poll) =>
      waitRecord({
        tMs: sentMs + 5 + poll * 10,
        sinceMs: sentMs,
        pid: 42,
        role: 'migration',
        mode: EXCLUSIVE.mode,
        blockedBy: [
          { pid: 7, role: 'actor' },
          { pid: 1000, role: 'app' },
        ],
        sessions: [{ pid: 7, ...facts }],
      }),
    ),
  );
  const attempt: AttemptRecord = {
    type: 'attempt',
    step: 'alter',
    attempt: 1,
    tMs: 5300,
    pauseMs: 200,
    error: stepError('55P03', 'lock timeout'),
  };
  return { steps: [...tries, attempt], waits };
}
const GAVE_WAY = {
  capture: 'none',
  newLocks: [],
  command: null,
  error: stepError('55P03', 'lock timeout'),
} as const;

function worst(parts: Partial<Evidence>, run: Partial<RunRecord>): Finding | undefined {
  const all = judgeEvidence(evidence({ ...parts, run: runRecord(run), actors: [planned, started, stopped] }));
  return all.findings[0];
}

test('a statement that waited behind an actor names it, and how to give way to it', () => {
  const { steps = [], ...rest } = waiting(1000, {});
  const parts = { ...rest, steps: [...stepWindow('alter', 4900, 6600), ...steps] };
  const finding = worst(parts, { budgets: { lockWaitMs: 400 } });
  expect(finding?.message).toMatch(
    /^Step 1 alter waited \d+ ms for customers behind long-reader report \(budget 400 ms\), and all/,
  );
  expect(finding?.advice).toBe(
    'Give the step lockTimeout: 240ms and retries: 7: it then gives up its place in the queue early, lets the app through and tries again, for 27.3 s in all, while long-reader report stays 20.0 s.',
  );
});

test.each([
  ["set lock_timeout = '2s'", { lockTimeoutMs: 240, retries: 9 }, "the step's lockTimeout: 240ms", '', ''],
  [
    "set local lock_timeout = '2s'",
    {},
    'any lockTimeout of the step',
    ', and give the step retries: 7',
    'local ',
  ],
])(
  'a file that sets lock_timeout itself, by %s, has to change that line',
  (sql, keys, key, retries, scope) => {
    const { steps = [], ...rest } = waiting(1000, {});
    const set = statementRecord({
      sql,
      index: 2,
      line: 3,
      file: 'sql/own.sql',
      sentMs: 4950,
      respondedMs: 4951,
      locks: [],
      newLocks: [],
      releasedMs: scope === '' ? 4951 : 6500,
    });
    const parts = { ...rest, steps: [...stepWindow('alter', 4900, 6600), set, ...steps] };
    const plan = [plannedStep('alter', keys)];
    const all = judgeEvidence(
      evidence({
        ...parts,
        run: runRecord({ budgets: { lockWaitMs: 400 }, plan }),
        actors: [planned, started, stopped],
      }),
    );
    expect(all.findings[0]?.advice).toBe(
      `sql/own.sql line 3 sets lock_timeout to 2s by itself and so wins over ${key}: write 240ms there${retries}: it then gives up its place in the queue early, lets the app through and tries again, for 27.3 s in all, while long-reader report stays 20.0 s.`,
    );
    expect(all.findings[0]?.insteadSql).toMatch(new RegExp(`^set ${scope}lock_timeout = '240ms';`));
    expect(all.steps[0]?.statements[0]?.settings).toEqual([
      { name: 'lock_timeout', value: '2s', file: 'sql/own.sql', line: 3 },
    ]);
    const told =
      "Step 1 alter: sql/own.sql line 3 sets lock_timeout to 2s by itself, so the step's lockTimeout of 240ms was not in force behind it.";
    expect(all.limits.filter((limit) => limit === told)).toHaveLength('lockTimeoutMs' in keys ? 1 : 0);
  },
);

test('a step that gave way until its retries ran out says to whom, and how many more it needs', () => {
  const { steps = [], ...rest } = waiting(300, GAVE_WAY);
  const error = stepError('55P03', 'canceling statement due to lock timeout');
  const failed = stepWindow('alter', 4900, 6600, { status: 'failed', attempts: 2, error });
  const finding = worst({ ...rest, steps: [...failed, ...steps] }, { outcome: 'step-failed' });
  expect(finding?.message).toBe(
    'Step 1 alter failed after 2 tries behind long-reader report (sql/alter.sql line 1): 55P03 canceling statement due to lock timeout. It waited 290 ms for customers (ACCESS EXCLUSIVE), behind long-reader report, active, its transaction 794 ms old by then, which runs: select $1.',
  );
  expect(finding?.advice).toBe(
    'It gave way as it should, but long-reader report stayed longer than its tries, which went on for 800 ms. Before the step, wait until nobody like that is there or end them (pg_cancel_backend), or give it retries: 7, which go on for 27.8 s: long-reader report stays 20.0 s.',
  );
});

test('a step that gave way too late hears the same numbers from its failure and from the wait', () => {
  const { steps = [], ...rest } = waiting(300, GAVE_WAY);
  const error = stepError('55P03', 'canceling statement due to lock timeout');
  const failed = stepWindow('alter', 4900, 6600, { status: 'failed', attempts: 2, error });
  const parts = { ...rest, steps: [...failed, ...steps] };
  const run = runRecord({ outcome: 'step-failed', budgets: { lockWaitMs: 200 } });
  const { findings } = judgeEvidence(evidence({ ...parts, run, actors: [planned, started, stopped] }));
  const told = findings.filter(({ check }) => /^(steps|lockWait)$/.test(check));
  expect(told.map(({ check }) => check)).toEqual(['steps', 'lockWait']);
  expect(told[0]?.advice).toContain('Otherwise: give the step lockTimeout: 120ms and retries: 7');
  expect(told[1]?.advice).toBe(told[0]?.advice);
});
