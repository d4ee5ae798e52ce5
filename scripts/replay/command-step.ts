import type { CommandStep } from '../plan/model.ts';
import { libpqEnvironment } from '../pg/endpoint.ts';
import { formatMs } from '../shared/format.ts';
import { redact } from '../shared/redact.ts';
import { runShell, type ShellEnd } from '../shared/shell.ts';
import type { StepContext, StepOutcome } from './context.ts';
import { StepFailure } from './step-failure.ts';

const KEPT_LINES = 8;
/** Lines in which PostgreSQL's clients quote rows. */
const QUOTES_ROWS = /^\s*(DETAIL|CONTEXT|Key \(|Failing row)/i;

/**
 * Runs a program of the author's (a migration tool) that finds the database by DATABASE_URL and PG*. Its locks are seen
 * from outside: by its application_name, or as the only foreign backend in the database.
 */
export async function runCommandStep(step: CommandStep, context: StepContext): Promise<StepOutcome> {
  const startedMs = context.clock.now();
  context.progress(step.command, null, null);
  const { rehearsal, primary, signal } = context;
  const env = { ...libpqEnvironment(primary, 'command'), ...rehearsal.environment, ...pgOptions(step) };
  const end = await context.watch.during({ step: step.name, heldBy: 0 }, () =>
    runShell(step.command, {
      ...{ cwd: rehearsal.dir, env, signal },
      ...{ timeoutMs: step.timeoutMs, keptLines: KEPT_LINES },
    }),
  );
  if (end.exitCode !== 0) throw failure(step, end);
  return { attempts: 1, summary: `ran in ${formatMs(context.clock.now() - startedMs)}`, shown: {} };
}

function failure(step: CommandStep, end: ShellEnd): StepFailure {
  const code = end.exitCode ?? `signal ${end.endedBy ?? 'unknown'}`;
  return new StepFailure({
    sqlstate: null,
    message: end.timedOut
      ? `the command did not end within ${formatMs(step.timeoutMs)}`
      : `the command ended with exit code ${code}`,
    hint: null,
    file: null,
    line: null,
    excerpt: publicLines(end.lastLines),
  });
}

/** libpq hands PGOPTIONS to the server, so the step's timeouts hold for a foreign program as well. */
function pgOptions(step: CommandStep): Record<string, string> {
  const settings: [string, number | undefined][] = [
    ['lock_timeout', step.lockTimeoutMs],
    ['statement_timeout', step.statementTimeoutMs],
  ];
  const options = settings.flatMap(([name, ms]) =>
    ms === undefined ? [] : [`-c ${name}=${Math.round(ms)}ms`],
  );
  return options.length === 0 ? {} : { PGOPTIONS: options.join(' ') };
}

function publicLines(lines: readonly string[]): string {
  const kept = lines.filter((line) => line.trim() !== '' && !QUOTES_ROWS.test(line));
  return redact(kept.join('\n')).replace(/: "(?:[^"]|"")*"/g, ': "…"');
}
