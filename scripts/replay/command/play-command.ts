import type { StepError } from '../../artifacts/records/records.ts';
import { childEnvironment } from '../../commands/child-environment.ts';
import { dotenvNear } from '../../commands/dotenv-files.ts';
import { refuseWithoutProgram } from '../../commands/programs/without-program.ts';
import { Passage } from '../../commands/passage.ts';
import type { RelayListeners } from '../../commands/session-relay.ts';
import { meetsServices } from '../../commands/service-files.ts';
import { runShell, type ShellEnd } from '../../commands/run-shell.ts';
import { ownSessions } from '../../pg/own-sessions.ts';
import type { CommandStep } from '../../plan/model.ts';
import { registerAuthorText } from '../../pg/messages/public-names.ts';
import { formatMs } from '../../shared/text/format.ts';
import { keepPrivateWords, wroteWords } from '../../shared/text/private-words.ts';
import { redact } from '../../shared/text/redact.ts';
import type { StepContext } from '../context.ts';
import { commandRecords, CommandStatements } from './command-statements.ts';
import { StepFailure } from '../session/step-failure.ts';

/** Of what a failed command wrote. */
const KEPT_LINES = 200;
const SHOWN_LINES = 20;

/** How a try of a command is cut off. */
interface CommandCut extends Pick<RelayListeners, 'holds' | 'onHeld' | 'onStatement' | 'onRelease'> {
  /** Kills it, and all that it started, when it aborts. */
  readonly kill?: AbortSignal;
}

/**
 * Runs a program of the author's (a migration tool) that finds the database, and no other, by DATABASE_URL, PG* and their like.
 * Its locks are seen from outside, in the sessions that came through the relay or that are none of ours. One that succeeds
 * without ever connecting has migrated something else, or nothing.
 */
export async function playCommand(
  step: CommandStep,
  context: StepContext,
  cut: CommandCut = {},
): Promise<void> {
  registerAuthorText(step.command);
  context.progress(step.command, null, null);
  const known = ownSessions(context.primary);
  const sent = new CommandStatements();
  await context.schema.beforeCommand();
  const passage = await Passage.open(context.login, {
    enclose: step.network === 'rehearsed-only' ? (context.enclose ?? undefined) : undefined,
    signal: context.signal,
    onSession: ({ pid }) => {
      if (pid !== null) known.opened(pid, 'command');
    },
    onStatement: (statement, session) => {
      sent.note(statement, session);
      cut.onStatement?.(statement, session);
    },
    onRelease: (session, atMs) => {
      sent.release(session, atMs);
      cut.onRelease?.(session, atMs);
    },
    holds: cut.holds,
    onHeld: cut.onHeld,
  });
  try {
    const end = await runIn(passage, step, context, cut.kill);
    keepPrivateWords(`output of ${step.name}`, end.lastLines.join('\n'));
    if (passage.sessions.length === 0) refuseWithoutProgram(`step ${step.name}`, step.command, end);
    if (end.exitCode !== 0) throw failure(step, end, sent);
    if (step.touchesDatabase && passage.sessions.length === 0) throw neverConnected();
  } finally {
    await passage.close();
    await tellStatements(step, sent, passage, context);
  }
}

/** What its sessions were told, and what it did beside what it says: also of a command that failed. */
async function tellStatements(
  { name }: CommandStep,
  sent: CommandStatements,
  { sessions }: Passage,
  { schema, steps, clock, signal }: StepContext,
): Promise<void> {
  if (signal.aborted) return;
  let divided: Awaited<ReturnType<CommandStatements['divided']>> | undefined;
  const pids = sessions.flatMap(({ pid }) => (pid === null ? [] : [pid]));
  await schema.afterCommand(name, async () => (divided = await sent.divided()), pids);
  divided ??= await sent.divided();
  for (const record of commandRecords(name, divided, clock)) steps.write(record);
  steps.write(sent.sessions(name, sessions, clock));
}

async function runIn(
  { endpoint, enclosure }: Passage,
  step: CommandStep,
  { rehearsal, signal, watch }: StepContext,
  kill: AbortSignal | undefined,
): Promise<ShellEnd> {
  const { dir, environment } = rehearsal;
  const { command, timeoutMs, name } = step;
  const options = [endpoint.options, ...pgOptions(step)].filter((option) => option !== undefined).join(' ');
  const sources = {
    inherited: process.env,
    given: environment,
    dotenv: await dotenvNear(dir),
    meetsServices: await meetsServices(command, process.env),
  };
  const env = childEnvironment({ ...endpoint, options }, 'command', sources);
  return watch.during({ step: name, heldBy: 0 }, () =>
    runShell({ command, cwd: dir, env, signal, kill, timeoutMs, enclosure, keptLines: KEPT_LINES }),
  );
}

function neverConnected(): StepFailure {
  return new StepFailure({
    sqlstate: null,
    message: 'the command ended well, but it never connected to the rehearsed database',
    hint: 'let it connect by $DATABASE_URL or PG*, which the rehearsal sets; if it has nothing to do there, say touchesDatabase: false',
    file: null,
    line: null,
    excerpt: null,
  });
}

function failure(step: CommandStep, end: ShellEnd, sent: CommandStatements): StepFailure {
  const code = end.exitCode ?? `signal ${end.endedBy ?? 'unknown'}`;
  const refused = end.timedOut ? null : sent.lastError();
  const ended = end.timedOut
    ? `the command did not end within ${formatMs(step.timeoutMs)}`
    : `the command ended with exit code ${code}`;
  const words = step.output === 'shown' ? null : `${wroteWords()}; output: shown shows it here`;
  const hints = [refused?.hint ?? null, words].filter((hint) => hint !== null);
  const error: StepError = {
    sqlstate: refused?.sqlstate ?? null,
    message: refused === null ? ended : `${refused.message}; ${ended}`,
    hint: hints.length === 0 ? null : hints.join('; '),
    file: null,
    line: null,
    excerpt: step.output === 'shown' ? shownLines(end.lastLines) : null,
  };
  return new StepFailure(error, undefined, end.timedOut ? undefined : sent.lastRefusal());
}

/** libpq hands PGOPTIONS to the server, so the step's timeouts hold for a foreign program as well. */
function pgOptions(step: CommandStep): string[] {
  const settings: [string, number | undefined][] = [
    ['lock_timeout', step.lockTimeoutMs],
    ['statement_timeout', step.statementTimeoutMs],
  ];
  return settings.flatMap(([name, ms]) => (ms === undefined ? [] : [`-c ${name}=${Math.round(ms)}ms`]));
}

/** By word of the author: there is nothing secret in it but what is registered as such. */
function shownLines(lines: readonly string[]): string {
  return redact(lines.filter((line) => line.trim() !== '').join('\n'))
    .split('\n')
    .slice(-SHOWN_LINES)
    .join('\n');
}
