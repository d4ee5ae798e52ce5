import type { StepError } from '../artifacts/records.ts';
import { formatMs, plural } from '../shared/format.ts';
import type { Analysis, StepAnalysis } from './analysis/analyse.ts';
import type { StatementAnalysis } from './analysis/statements.ts';
import { statusOf } from './analysis/steps.ts';
import type { VictimCount } from './analysis/victim-count.ts';
import type { StatementResult, StepResult, Victims } from './result.ts';

/** The plan in its order, also the steps that never ran. */
export function stepResults(analysis: Analysis): StepResult[] {
  let current = analysis.evidence.run.load.versions[0]?.name ?? '';
  return analysis.steps.map((step) => {
    const result = stepResult(step, current);
    if (step.run.planned.deploy !== null && statusOf(step.run) === 'ok') current = step.run.planned.deploy.to;
    return result;
  });
}

function stepResult(step: StepAnalysis, currentVersion: string): StepResult {
  const { run, victims, latency } = step;
  const { window, end } = run;
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
    summary: summaryOf(step, currentVersion),
    victims: victimsOf(victims),
    failedTries: run.failedTries.map(({ attempt, error, pauseMs }) => ({
      attempt,
      error: errorOf(error),
      pauseMs,
    })),
    error: end?.error ? errorOf(end.error) : null,
    shown: { ...end?.shown },
    statements: step.statements.map(statementResult),
    backfill: backfillOf(step),
    latency,
  };
}

function statementResult(statement: StatementAnalysis): StatementResult {
  const { record, victims, blocked, tries } = statement;
  const outside = tries.flatMap((one) => (one.record.capture === 'outside' ? one.spans : []));
  const locks = new Map(
    [...record.newLocks, ...outside].map(({ relation, mode }) => [`${relation} ${mode}`, { relation, mode }]),
  );
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
    capture: record.capture,
    locks: [...locks.values()],
    rewrote: [...record.rewrote],
    victims: victimsOf(victims),
    victimsByScript: victims.byScript.map((script) => ({ ...script, sqlstates: [...script.sqlstates] })),
    longestVictimMs: victims.longestMs,
    peakBlockedSessions: blocked.peak,
    blockedSessionSeconds: blocked.sessionSeconds,
    blockedBy: [...statement.blockedBy],
    walBytes: record.walBytes,
    sizeChangeBytes: record.sizeChangeBytes,
    error: record.error && errorOf(record.error),
  };
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
