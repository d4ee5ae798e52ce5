import type { CommandStatementRecord, StatementRecord, StepError } from '../../artifacts/records/records.ts';
import { formatMs, plural } from '../../shared/text/format.ts';
import type { Analysis, StepAnalysis } from '../analysis/analyse.ts';
import type { BlockedSessions } from '../analysis/waits/blocked-sessions.ts';
import type { Blocker } from '../analysis/waits/blockers.ts';
import type { StatementAnalysis } from '../analysis/statements.ts';
import { statusOf } from '../analysis/step-runs.ts';
import { isAppOff } from '../analysis/traffic/live-versions.ts';
import type { VictimCount } from '../analysis/traffic/victim-count.ts';
import type { StatementResult, StepResult, Victims } from './contract/result.ts';
import { watchResult } from './watch-results.ts';
import { lockResults, rewroteResults } from './locks/lock-results.ts';
import { commandSettings, sentBy } from '../settings/command-settings.ts';
import { ownSettings, type OwnSetting } from '../settings/own-settings.ts';

/** Behind a hot table hundreds of different queries can stand in the way. */
const MOST_BLOCKERS = 20;

/** The plan in its order, also the steps that never ran. */
export function stepResults(analysis: Analysis): StepResult[] {
  let current = analysis.evidence.run.load.versions[0]?.name ?? '';
  return analysis.steps.map((step) => {
    const result = stepResult(step, current, analysis);
    if (step.run.planned.deploy !== null && statusOf(step.run) === 'ok') current = step.run.planned.deploy.to;
    return result;
  });
}

function stepResult(step: StepAnalysis, currentVersion: string, analysis: Analysis): StepResult {
  const { run, victims, latency } = step;
  const { window, end } = run;
  const settingsOf = ownSettings(run.statements);
  return {
    name: run.planned.name,
    index: run.index,
    phase: run.planned.phase,
    kind: run.planned.kind,
    status: statusOf(run),
    attempts: end?.attempts ?? (window === null ? 0 : run.failedTries.length + 1),
    durationMs: window === null ? 0 : window.toMs - window.fromMs,
    fromMs: window?.fromMs ?? null,
    toMs: window?.toMs ?? null,
    pointOfNoReturn: run.planned.pointOfNoReturn,
    ...(isAppOff(step, analysis) && { isAppOff: true as const }),
    ...(run.planned.way === undefined ? {} : { way: { ...run.planned.way } }),
    summary: summaryOf(step, currentVersion),
    victims: victimsOf(victims),
    failedTries: run.failedTries.map(({ attempt, error, pauseMs }) => ({
      attempt,
      error: errorOf(error),
      pauseMs,
    })),
    error: end?.error ? errorOf(end.error) : null,
    shown: { ...end?.shown },
    statements: step.statements.map((statement) => statementResult(statement, settingsOf)),
    backfill: backfillOf(step),
    outside: outsideResult(step, sentBy(run.planned.name, analysis)),
    latency,
    ...watchResult(run.planned.name, analysis),
  };
}

function outsideResult(
  { outside, blocked, victims }: StepAnalysis,
  sent: readonly CommandStatementRecord[],
): StepResult['outside'] {
  if (outside === null) return null;
  return {
    lockWaitMs: outside.waitMs,
    lockHoldMs: outside.holdMs,
    blackoutMs: outside.blackoutMs,
    locks: lockResults(outside.spans),
    ...treeOf(outside.blockers, blocked),
    peakBlockedSessions: blocked.peak,
    blockedSessionSeconds: blocked.sessionSeconds,
    longestVictimMs: victims.longestMs,
    requestsOverBudget: victims.overBudget,
    ...saidResult(sent),
  };
}

/** What the server said to a command, and what the command set. */
function saidResult(sent: readonly CommandStatementRecord[]): Partial<NonNullable<StepResult['outside']>> {
  const settings = commandSettings(sent);
  const told = sent.filter(({ error, notices = [] }) => error !== null || notices.length > 0);
  return {
    ...(settings.length === 0 ? {} : { settings }),
    ...(told.length === 0
      ? {}
      : {
          told: told.map((one) => ({
            sql: one.sql,
            error: one.error && { ...one.error },
            ...noticesOf(one),
          })),
        }),
  };
}

function treeOf(
  blockers: readonly Blocker[],
  { waiters }: BlockedSessions,
): Pick<StatementResult, 'blockers' | 'waiters'> {
  return {
    blockers: blockers.slice(0, MOST_BLOCKERS).map((blocker) => ({ ...blocker })),
    waiters: waiters.map((waiter) => ({ ...waiter })),
  };
}

function statementResult(
  statement: StatementAnalysis,
  settingsOf: ReturnType<typeof ownSettings>,
): StatementResult {
  const { record, victims, blocked, tries } = statement;
  const outside = tries.flatMap((one) => (one.record.capture === 'outside' ? one.spans : []));
  return {
    index: record.index,
    sql: record.sql,
    file: record.file,
    line: record.line,
    durationMs: record.respondedMs - record.sentMs,
    rows: record.rows,
    lockWaitMs: statement.waitMs,
    lockHoldMs: statement.holdMs,
    blackoutMs: statement.blackoutMs,
    ...settingsResult(settingsOf(record)),
    capture: record.capture,
    locks: lockResults([...record.newLocks, ...outside]),
    rewrote: rewroteResults(record.rewrote, statement.held),
    victims: victimsOf(victims),
    victimsByScript: victims.byScript.map((script) => ({ ...script, sqlstates: [...script.sqlstates] })),
    longestVictimMs: victims.longestMs,
    peakBlockedSessions: blocked.peak,
    blockedSessionSeconds: blocked.sessionSeconds,
    blockedBy: [...statement.blockedBy],
    ...treeOf(statement.blockers, blocked),
    requestsOverBudget: victims.overBudget,
    lockSlots: largestSlots(tries),
    walBytes: record.walBytes,
    sizeChangeBytes: record.sizeChangeBytes,
    error: record.error && errorOf(record.error),
    ...noticesOf(record),
  };
}

function settingsResult(own: readonly OwnSetting[]): Pick<StatementResult, 'settings'> {
  if (own.length === 0) return {};
  return { settings: own.map(({ name, value, file, line }) => ({ name, value, file, line })) };
}

function noticesOf({ notices = [] }: Pick<StatementRecord, 'notices'>): Pick<StatementResult, 'notices'> {
  if (notices.length === 0) return {};
  return {
    notices: notices.map(({ objects, ...notice }) => {
      return objects === undefined ? notice : { ...notice, objects: [...objects] };
    }),
  };
}

function largestSlots(tries: StatementAnalysis['tries']): StatementResult['lockSlots'] {
  const known = tries.flatMap(({ record: { lockSlots } }) => (lockSlots === undefined ? [] : [lockSlots]));
  const [most] = known.toSorted((a, b) => b.used - a.used);
  return most === undefined ? null : { ...most };
}

function victimsOf({ delayed, failed, delayedSeconds }: VictimCount): Victims {
  return { delayed, failed, delayedSeconds };
}

function errorOf({
  sqlstate,
  message,
  hint,
  file,
  line,
  excerpt,
}: StepError): NonNullable<StepResult['error']> {
  return { sqlstate, message, hint, file, line, excerpt };
}

function backfillOf({ run, backfill }: StepAnalysis): StepResult['backfill'] {
  if (backfill === null) return null;
  return {
    ...backfill,
    pauseReasons: [...backfill.pauseReasons],
    triggers: backfill.triggers.map(({ share, ...trigger }) => ({ ...trigger, timePercent: share * 100 })),
    batchTargetMs: run.planned.batchTargetMs ?? 0,
  };
}

/** One line for people. */
function summaryOf(
  { run: { planned, window }, statements, backfill }: StepAnalysis,
  currentVersion: string,
): string {
  switch (planned.kind) {
    case 'sql': {
      const files = planned.files.join(', ');
      return window === null ? files : `${plural(statements.length, 'statement')} of ${files}`;
    }
    case 'verify':
      return planned.files.join(', ');
    case 'maintenance':
      return planned.maintenance === 'end' ? 'the app is let in again' : 'the app is taken off';
    case 'command':
      return 'a command of its own';
    case 'deploy': {
      const { to = '', strategy, overMs = 0 } = planned.deploy ?? {};
      return `${currentVersion} → ${to} ${strategy === 'rolling' ? `over ${roundMs(overMs)}` : 'at once'}`;
    }
    case 'backfill':
      return backfill === null
        ? 'in batches'
        : `${plural(backfill.rows, 'row')} in ${plural(backfill.batches, 'batch', 'batches')}`;
    case 'soak':
      return window === null ? 'wait' : `wait ${roundMs(window.toMs - window.fromMs)}`;
  }
}

/** A length that somebody chose: `30 s` rather than `30.0 s`. */
function roundMs(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return ms >= 1000 && seconds < 60 && Math.abs(ms - seconds * 1000) < 50 ? `${seconds} s` : formatMs(ms);
}
