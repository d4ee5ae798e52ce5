import type { Result, StepResult } from '../../scripts/checks/result/contract/result.ts';
import { sampleChecks, sampleFinding, sampleStatement, sampleStep } from './sample-parts.ts';
import { passingResult } from './sample-result.ts';
import { ramp, sampleSeconds } from './sample-timeline.ts';

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
