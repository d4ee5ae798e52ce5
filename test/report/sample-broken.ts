import type { Result } from '../../scripts/checks/result/contract/result.ts';
import { sampleChecks, sampleFinding, sampleStatement, sampleStep } from './sample-parts.ts';
import { passingResult } from './sample-result.ts';
import { noise, sampleSeconds } from './sample-timeline.ts';

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
