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
    runInGroup(
      step,
      { ...libpqEnvironment(primary, 'command'), ...rehearsal.environment },
      rehearsal.dir,
      signal,
    ),
  );
  signal.throwIfAborted();
  const { timedOut } = result;
  if (result.failed) {
    throw new StepFailure({
      sqlstate: null,
      message: timedOut
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

interface CommandResult {
  readonly failed: boolean;
  readonly timedOut: boolean;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly all: readonly string[];
}

/**
 * A process group of its own, so that what the shell started ends with it: a migration tool that lives on would keep its
 * locks, and its pipe would keep us waiting.
 */
async function runInGroup(
  step: CommandStep,
  env: Record<string, string>,
  cwd: string,
  signal: AbortSignal,
): Promise<CommandResult> {
  const limit = AbortSignal.timeout(step.timeoutMs);
  const stop = AbortSignal.any([signal, limit]);
  const running = execa('sh', ['-c', step.command], {
    ...{ cwd, env: { ...env, ...pgOptions(step) } },
    ...{ detached: true, stdin: 'ignore', all: true, lines: true, reject: false },
  });
  const end = (): void => {
    killGroup(running.pid, 'SIGTERM');
    setTimeout(() => {
      killGroup(running.pid, 'SIGKILL');
    }, STOP_GRACE_MS).unref();
  };
  stop.addEventListener('abort', end, { once: true });
  try {
    const result = await running;
    const { failed, exitCode, signal: killedBy, all } = result;
    return { failed, exitCode, signal: killedBy, all, timedOut: limit.aborted };
  } finally {
    stop.removeEventListener('abort', end);
  }
}

function killGroup(pid: number | undefined, kind: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, kind);
  } catch {
    // it has ended meanwhile
  }
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
