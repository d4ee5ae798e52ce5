import { execa } from 'execa';
import type { CommandStep } from '../plan/model.ts';
import { libpqEnvironment } from '../pg/endpoint.ts';
import { formatMs } from '../shared/format.ts';
import { redact } from '../shared/redact.ts';
import type { StepContext, StepOutcome } from './context.ts';
import { StepFailure } from './step-failure.ts';

const KEPT_LINES = 8;
/** Lines in which PostgreSQL's clients quote rows. */
const QUOTES_ROWS = /^\s*(DETAIL|CONTEXT|CONSTRAINT DETAIL|Key \(|Failing row)/i;
const STOP_GRACE_MS = 5_000;

/**
 * Runs a program of the author's (a migration tool) that finds the database by DATABASE_URL and PG*. Its locks are seen
 * from outside: by its application_name, or as the only foreign backend in the database.
 */
export async function runCommandStep(step: CommandStep, context: StepContext): Promise<StepOutcome> {
  const startedMs = context.clock.now();
  context.progress(step.command, null, null);
  const { rehearsal, primary, signal } = context;
  const result = await context.watch.during({ step: step.name, heldBy: 0 }, () =>
    execa('sh', ['-c', step.command], {
      cwd: rehearsal.dir,
      env: { ...libpqEnvironment(primary, 'command'), ...rehearsal.environment, ...pgOptions(step) },
      stdin: 'ignore',
      all: true,
      lines: true,
      reject: false,
      timeout: step.timeoutMs,
      cancelSignal: signal,
      forceKillAfterDelay: STOP_GRACE_MS,
    }),
  );
  signal.throwIfAborted();
  if (result.failed) {
    throw new StepFailure({
      sqlstate: null,
      message: result.timedOut
        ? `the command did not end within ${formatMs(step.timeoutMs)}`
        : `the command ended with exit code ${result.exitCode ?? `signal ${result.signal ?? 'unknown'}`}`,
      hint: null,
      file: null,
      line: null,
      excerpt: lastLines(result.all),
    });
  }
  return { attempts: 1, summary: `ran in ${formatMs(context.clock.now() - startedMs)}`, shown: {} };
}

/** libpq hands PGOPTIONS to the server, so the step's timeouts hold for a foreign program as well. */
function pgOptions(step: CommandStep): Record<string, string> {
  const options = [
    step.lockTimeoutMs === undefined ? null : `-c lock_timeout=${Math.round(step.lockTimeoutMs)}ms`,
    step.statementTimeoutMs === undefined
      ? null
      : `-c statement_timeout=${Math.round(step.statementTimeoutMs)}ms`,
  ].filter((option) => option !== null);
  return options.length === 0 ? {} : { PGOPTIONS: options.join(' ') };
}

function lastLines(lines: readonly string[]): string {
  const kept = lines.filter((line) => line.trim() !== '' && !QUOTES_ROWS.test(line)).slice(-KEPT_LINES);
  return redact(kept.join('\n')).replace(/: "(?:[^"]|"")*"/g, ': "…"');
}
