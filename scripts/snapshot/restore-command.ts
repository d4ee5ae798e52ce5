import { childEnvironment } from '../commands/child-environment.ts';
import { dotenvNear } from '../commands/dotenv-files.ts';
import { runShell } from '../commands/run-shell.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { RehearsalError } from '../shared/errors.ts';
import { keepPrivateWords, wroteWords } from '../shared/private-words.ts';
import { redact } from '../shared/redact.ts';

const LAST_LINES = 200;

export interface SnapshotCommand {
  readonly command: string;
  /** The rehearsal's folder. */
  readonly dir: string;
  /** Names that the rehearsal takes from the environment, with their values. */
  readonly given: Readonly<Record<string, string>>;
}

/**
 * Lets a command fill the database. It runs by `sh -c` in the rehearsal's folder, and when the signal aborts, it is ended with
 * all that it started.
 * @throws RESTORE_FAILED; what it wrote may quote rows and stays private
 */
export async function restoreByCommand(
  { command, dir, given }: SnapshotCommand,
  endpoint: PgEndpoint,
  signal: AbortSignal,
): Promise<void> {
  const env = childEnvironment(endpoint, 'restore', {
    inherited: process.env,
    given,
    dotenv: await dotenvNear(dir),
  });
  const end = await runShell({ command, cwd: dir, env, signal, keptLines: LAST_LINES });
  if (end.exitCode === 0) return;
  keepPrivateWords('snapshot command', end.lastLines.join('\n'));
  const said = end.lastLines.length === 0 ? '' : `; ${wroteWords()}`;
  const code = end.exitCode ?? end.endedBy ?? 'unknown';
  throw new RehearsalError('RESTORE_FAILED', `the snapshot command ended with exit code ${code}${said}`, {
    hint: `Run it by hand with DATABASE_URL set: ${redact(command)}`,
  });
}
