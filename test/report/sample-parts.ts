import type { Result, StatementResult, StepResult } from '../../scripts/checks/result/contract/result.ts';

/** Parts of results with quiet defaults: a test names only what it is about. */

const NO_VICTIMS = { delayed: 0, failed: 0, delayedSeconds: 0 };

export function sampleStatement(rest: Partial<StatementResult> = {}): StatementResult {
  return {
    index: 1,
    sql: 'alter table customers add column family_name text',
    file: 'sql/1-add-column.sql',
    line: 1,
    durationMs: 3.1,
    rows: null,
    lockWaitMs: 0,
    lockHoldMs: 3,
    blackoutMs: 3,
    capture: 'transaction',
    locks: [{ relation: 'public.customers', mode: 'AccessExclusiveLock' }],
    rewrote: [],
    victims: NO_VICTIMS,
    victimsByScript: [],
    longestVictimMs: 0,
    peakBlockedSessions: 0,
    blockedSessionSeconds: 0,
    blockedBy: [],
    walBytes: 8192,
    sizeChangeBytes: 0,
    error: null,
    ...rest,
  };
}

export function sampleStep(rest: Partial<StepResult> & Pick<StepResult, 'name' | 'index'>): StepResult {
  return {
    phase: 'expand',
    kind: 'sql',
    status: 'ok',
    attempts: 1,
    durationMs: 14,
    fromMs: 20_000,
    toMs: 20_014,
    pointOfNoReturn: false,
    summary: '1 statement of sql/1-add-column.sql',
    victims: NO_VICTIMS,
    failedTries: [],
    error: null,
    shown: { lock_timeout: '2s', statement_timeout: '0' },
    statements: [],
    backfill: null,
    latency: null,
    ...rest,
  };
}

export function sampleFinding(
  rest: Partial<Result['findings'][number]> & { message: string },
): Result['findings'][number] {
  return {
    check: 'lockWait',
    status: 'fail',
    step: null,
    statement: null,
    measured: null,
    budget: null,
    unit: null,
    sqlstate: null,
    advice: null,
    insteadSql: null,
    ...rest,
  };
}

type Check = Result['checks'][number];

const CHECKS: readonly Check[] = [
  check('backfillRate', 'Every backfill was fast enough', 'not-judged', 34_700, null, 'rows/s'),
  check(
    'blockedSeconds',
    "The app's sessions were not blocked longer than the budget allows",
    'not-judged',
    0.1,
    null,
    's',
  ),
  check(
    'compatibility',
    'Every live app version works with every state of the schema',
    'pass',
    0,
    null,
    'scripts',
  ),
  check('errors', 'No more requests failed than the budget allows', 'pass', 0, 0, 'requests'),
  check('evidenceComplete', 'Every probe recorded from beginning to end', 'pass', 0, null, null),
  check('generator', 'The load generator kept its schedule', 'pass', 0.02, null, '%'),
  check('leftovers', 'Nothing of the run was left behind', 'pass', 0, null, null),
  check('lockHold', 'No lock that stops the app was held beyond its budget', 'not-judged', 51, null, 'ms'),
  check('lockSlots', 'No transaction took half of the lock table', 'pass', 0.4, null, '%'),
  check('lockWait', 'No single wait for a lock went over its budget', 'pass', 12, 500, 'ms'),
  check('p99', "The app's p99 stayed within its budget in every step", 'pass', 24, 100, 'ms'),
  check('replicationLag', 'The standby kept up', 'not-judged', null, null, 'ms'),
  check('stepDuration', 'No step took longer than the budget allows', 'not-judged', 118_000, null, 'ms'),
  check('steps', 'Every step of the plan ran to its end', 'pass', null, null, null),
];

function check(
  id: string,
  title: string,
  status: Check['status'],
  measured: number | null,
  budget: number | null,
  unit: string | null,
): Check {
  return { id, title, status, measured, budget, unit };
}

/** All checks of a quiet run, some of them with another outcome. */
export function sampleChecks(changed: Readonly<Record<string, Partial<Check>>> = {}): Check[] {
  return CHECKS.map((quiet) => ({ ...quiet, ...changed[quiet.id] }));
}

/** Two that came and one that could not. */
export const SAMPLE_ACTORS: Result['actors'] = [
  { name: 'month-report', kind: 'long-reader', fromMs: 20_000, toMs: 140_000, note: null },
  { name: 'churn', kind: 'churn', fromMs: 0, toMs: 200_000, note: '3,999 connections' },
  { name: 'dump', kind: 'dump', fromMs: null, toMs: null, note: 'the database has no table when it begins' },
];
