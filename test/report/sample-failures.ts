import type { Result, StepResult } from '../../scripts/checks/result/contract/result.ts';
import { sampleChecks, sampleFinding, sampleStatement, sampleStep } from './sample-parts.ts';
import { passingResult } from './sample-result.ts';
import { noise, ramp, sampleSeconds } from './sample-timeline.ts';

const ADVICE =
  'Add a CHECK constraint as NOT VALID and validate it first: VALIDATE lets reads and writes go on, and SET NOT NULL then needs no scan.';
const INSTEAD = [
  'alter table customers add constraint family_name_set',
  '  check (family_name is not null) not valid;',
  'alter table customers validate constraint family_name_set;',
  'alter table customers alter column family_name set not null;',
  'alter table customers drop constraint family_name_set;',
].join('\n');

/** SET NOT NULL holds ACCESS EXCLUSIVE for two seconds: 876 requests wait for it. */
export function failingResult(): Result {
  const quiet = passingResult();
  const blame = { step: 'set-not-null', statement: 1, advice: ADVICE, insteadSql: INSTEAD };
  const stopped =
    'Step 4 set-not-null stopped customers for 2.19 s (budget 500 ms): 876 requests waited, none failed.';
  return {
    ...quiet,
    verdict: 'fail',
    headline: `${stopped} SET NOT NULL read all of customers (4.1 M rows) while it held ACCESS EXCLUSIVE.`,
    findings: [
      sampleFinding({ ...blame, measured: 2190.9, budget: 500, unit: 'ms', message: stopped }),
      sampleFinding({
        ...blame,
        check: 'p99',
        measured: 2181,
        budget: 100,
        unit: 'ms',
        message:
          "Step 4 set-not-null brought the app's p99 to 2.18 s (budget 100 ms), against 9.0 ms before the first step (over 1,296 requests).",
      }),
      sampleFinding({
        check: 'compatibility',
        status: 'warn',
        step: 'drop-column',
        measured: 2,
        unit: 'scripts',
        sqlstate: '42703',
        advice: 'If that is meant, mark the step pointOfNoReturn: true.',
        message:
          'A rollback to old is no longer possible after step 6 drop-column: its read fails with 42703.',
      }),
    ],
    checks: sampleChecks({
      compatibility: { status: 'warn', title: 'A step takes away the way back to the app version before' },
      lockWait: { status: 'fail', measured: 2190.9, title: 'A lock made somebody wait beyond the budget' },
      p99: { status: 'fail', measured: 2181, title: "The app's p99 went over its budget" },
    }),
    steps: quiet.steps.map((step) => (step.name === 'set-not-null' ? stoppingStep() : step)),
    timeline: {
      ...quiet.timeline,
      seconds: quiet.timeline.seconds.map((second) => {
        const stall = { 182: 950, 183: 1960, 184: 2190, 185: 240 }[second.tMs / 1000];
        return stall === undefined
          ? second
          : { ...second, p50Ms: stall * 0.45, p99Ms: stall, maxMs: stall + 9 };
      }),
      locks: [
        ...quiet.timeline.locks.filter(({ step }) => step !== 'set-not-null'),
        {
          step: 'set-not-null',
          statement: 1,
          relation: 'public.customers',
          mode: 'AccessExclusiveLock',
          waitFromMs: 181_989,
          fromMs: 182_000,
          toMs: 184_190,
        },
      ],
    },
  };
}

function stoppingStep(): StepResult {
  const victims = { delayed: 876, failed: 0, delayedSeconds: 958.2 };
  return sampleStep({
    index: 4,
    name: 'set-not-null',
    phase: 'switch',
    durationMs: 2200,
    fromMs: 181_989,
    toMs: 184_190,
    summary: '1 statement of sql/4-set-not-null.sql',
    victims,
    statements: [
      sampleStatement({
        sql: 'alter table customers\n  alter column family_name set not null',
        file: 'sql/4-set-not-null.sql',
        line: 1,
        durationMs: 2199,
        lockWaitMs: 11,
        lockHoldMs: 2190,
        blackoutMs: 2190.9,
        victims,
        longestVictimMs: 2199,
        peakBlockedSessions: 20,
        blockedSessionSeconds: 41.2,
        blockedBy: ['app'],
        walBytes: 9216,
        victimsByScript: [
          { version: 'dual', script: 'read-customer', delayed: 701, failed: 0, sqlstates: [] },
          { version: 'dual', script: 'edit-customer', delayed: 175, failed: 0, sqlstates: [] },
        ],
      }),
    ],
  });
}

/** A rename under a running app: 490 requests fail with 42703. The second step does not finish either. */
export function brokenResult(): Result {
  const quiet = passingResult();
  const message =
    'Step 1 rename made 490 requests fail (budget 0): old/show-profile 371 with 42703 and old/sign-up 119 with 42703.';
  const victims = { delayed: 0, failed: 490, delayedSeconds: 0 };
  const gaveWay = {
    sqlstate: '55P03',
    message: 'canceling statement due to lock timeout',
    hint: null,
    file: 'sql/1-rename.sql',
    line: 2,
    excerpt: null,
  };
  const syntax = {
    sqlstate: '42703',
    message: 'column "nmae" does not exist',
    file: 'sql/2-index.sql',
    line: 1,
    hint: 'Perhaps you meant to reference the column "customers.full_name".',
    excerpt: '1 | create index on customers (nmae)\n  |                            ^',
  };
  return {
    ...quiet,
    rehearsal: 'rename-column-in-place',
    runId: 'rename-column-in-place-20261122-145500-f60d',
    endedAt: '2026-11-22T02:14:48.000Z',
    outcome: 'step-failed',
    verdict: 'fail',
    headline: `${message} After it no version of the app can find name any more.`,
    snapshot: null,
    load: { ...quiet.load, ratePerSec: 150, versions: ['old', 'new'] },
    traffic: { old: { requests: 2400, errors: 490, p50Ms: 3, p95Ms: 8, p99Ms: 21, maxMs: 57 } },
    findings: [
      sampleFinding({
        check: 'errors',
        step: 'rename',
        statement: 1,
        measured: 490,
        budget: 0,
        unit: 'requests',
        sqlstate: '42703',
        message,
        insteadSql: 'alter table customers add column full_name text;',
        advice:
          'Expand and contract: add full_name beside name, write both, backfill, deploy, drop name last.',
      }),
      sampleFinding({
        check: 'steps',
        step: 'index',
        statement: 1,
        sqlstate: '42703',
        message: 'Step 2 index failed with 42703: column "nmae" does not exist.',
      }),
    ],
    checks: sampleChecks({
      errors: { status: 'fail', measured: 490, title: 'Requests failed' },
      compatibility: { status: 'fail', measured: 2, title: 'A live app version does not work' },
      steps: { status: 'fail', title: 'A step did not run to its end' },
      p99: { status: 'pass', measured: 57 },
    }),
    errors: [{ version: 'old', script: 'show-profile', step: 'rename', sqlstate: '42703', count: 490 }],
    steps: [
      sampleStep({
        index: 1,
        name: 'rename',
        phase: 'switch',
        fromMs: 12_000,
        toMs: 13_100,
        durationMs: 1100,
        attempts: 2,
        failedTries: [{ attempt: 1, error: gaveWay, pauseMs: 500 }],
        victims,
        summary: '1 statement of sql/1-rename.sql',
        statements: [
          sampleStatement({
            sql: 'alter table customers rename column name to full_name',
            file: 'sql/1-rename.sql',
            line: 2,
            lockHoldMs: 22,
            blackoutMs: 31,
            lockWaitMs: 9,
            victims,
            longestVictimMs: 53,
            victimsByScript: [
              { version: 'old', script: 'show-profile', delayed: 0, failed: 371, sqlstates: ['42703'] },
              { version: 'old', script: 'sign-up', delayed: 0, failed: 119, sqlstates: ['42703'] },
            ],
          }),
        ],
      }),
      sampleStep({
        index: 2,
        name: 'index',
        phase: 'switch',
        status: 'failed',
        fromMs: 20_000,
        toMs: 20_004,
        durationMs: 4,
        error: syntax,
        summary: '1 statement of sql/2-index.sql',
        statements: [
          sampleStatement({
            sql: 'create index on customers (nmae)',
            file: 'sql/2-index.sql',
            error: syntax,
            locks: [],
            capture: 'none',
            lockHoldMs: 0,
            blackoutMs: 0,
            walBytes: null,
            sizeChangeBytes: null,
          }),
        ],
      }),
      sampleStep({
        index: 3,
        name: 'deploy-new',
        phase: 'deploy',
        kind: 'deploy',
        status: 'skipped',
        attempts: 0,
        durationMs: 0,
        fromMs: null,
        toMs: null,
        summary: 'old → new over 6 s',
        shown: {},
      }),
    ],
    compatibility: ['start', 'rename'].flatMap((after) =>
      ['old', 'new'].flatMap((version) =>
        ['show-profile', 'sign-up'].map((script) => {
          const ok = (after === 'start') === (version === 'old');
          return { after, version, script, ok, sqlstate: ok ? null : '42703', live: version === 'old' };
        }),
      ),
    ),
    timeline: {
      seconds: sampleSeconds({
        seconds: 24,
        ratePerSec: 150,
        shares: () => ({ old: 1, new: 0 }),
        errors: (second) => (second < 13 ? 0 : Math.round(40 + 10 * noise(second))),
      }),
      locks: [
        {
          step: 'rename',
          statement: 1,
          relation: 'public.customers',
          mode: 'AccessExclusiveLock',
          waitFromMs: 13_060,
          fromMs: 13_069,
          toMs: 13_100,
        },
      ],
      batches: [],
      lag: [],
    },
  };
}

/** The load generator could not keep its schedule and a probe died half-way: nobody can tell. */
export function inconclusiveResult(): Result {
  const quiet = passingResult();
  const message =
    'The load generator sent 7.4 % of 41,200 requests more than 50 ms late by its own fault: latencies are partly its own.';
  return {
    ...quiet,
    verdict: 'inconclusive',
    headline: `This run cannot be judged. ${message}`,
    findings: [
      sampleFinding({
        check: 'generator',
        status: 'inconclusive',
        measured: 7.4,
        unit: '%',
        message,
        advice: 'Lower load.rate or give the driver more CPU.',
      }),
      sampleFinding({
        check: 'p99',
        status: 'inconclusive',
        budget: 100,
        message:
          "Not known: the app's p99 stayed within its budget in every step; the record of requests is missing.",
      }),
    ],
    checks: sampleChecks({
      generator: {
        status: 'inconclusive',
        measured: 7.4,
        title: 'The load generator fell behind its schedule',
      },
      leftovers: { status: 'warn', measured: 2, title: 'Something of the run was left behind' },
      p99: { status: 'inconclusive', measured: null },
    }),
    generator: { lagP50Ms: 3, lagP99Ms: 212, lagMaxMs: 840, reconnects: 3, unfinished: 12 },
    environment: {
      ...quiet.environment,
      destroyMs: null,
      emptyMs: null,
      leftovers: 2,
      left: ['process 4711 and 8 others', 'folder /tmp/dress-rehearsal-split-customer-name'],
    },
    timeline: {
      ...quiet.timeline,
      seconds: quiet.timeline.seconds
        .filter(({ tMs }) => tMs < 96_000 || tMs > 131_000)
        .map((second) =>
          second.tMs < 210_000 ? second : { ...second, p50Ms: null, p95Ms: null, p99Ms: null },
        ),
    },
  };
}

/** A plan of 30 short steps in a run of `seconds` seconds. */
export function longResult(seconds = 5000): Result {
  const quiet = passingResult();
  const each = (seconds * 1000) / 32;
  const steps = Array.from({ length: 30 }, (_, at) =>
    sampleStep({
      index: at + 1,
      name: `change-${at + 1}`,
      phase: at % 7 === 6 ? 'deploy' : 'expand',
      fromMs: (at + 1) * each,
      toMs: (at + 1) * each + (at % 4 === 0 ? each * 0.8 : 40),
      statements: Array.from({ length: 4 }, (_, index) =>
        sampleStatement({ index: index + 1, sql: `alter table t${at} add column c${index} text` }),
      ),
    }),
  );
  return {
    ...quiet,
    endedAt: new Date(Date.parse(quiet.startedAt) + seconds * 1000).toISOString(),
    steps,
    compatibility: ['start', ...steps.map(({ name }) => name)].flatMap((after) =>
      quiet.load.versions.map((version) => {
        return { after, version, script: 'read', ok: true, sqlstate: null, live: version === 'old' };
      }),
    ),
    timeline: {
      seconds: sampleSeconds({
        seconds,
        ratePerSec: 400,
        shares: (second) => {
          const dual = ramp(second, seconds * 0.2, seconds * 0.3);
          return { old: 1 - dual, dual, new: 0 };
        },
        stallMs: (second) => (second === Math.floor(seconds * 0.71) ? 1200 : 0),
      }),
      locks: steps.flatMap(({ name, fromMs }, at) =>
        Array.from({ length: 4 }, (_, index) => ({
          step: name,
          statement: index + 1,
          relation: `public.t${at}`,
          mode: 'AccessExclusiveLock',
          waitFromMs: fromMs ?? 0,
          fromMs: (fromMs ?? 0) + 2,
          toMs: (fromMs ?? 0) + 9,
        })),
      ),
      batches: [],
      lag: [],
    },
  };
}
