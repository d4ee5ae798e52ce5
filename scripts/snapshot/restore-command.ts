import { libpqEnvironment, type PgEndpoint } from '../pg/endpoint.ts';
import { RehearsalError } from '../shared/errors.ts';
import { redact } from '../shared/redact.ts';
import { runShell } from '../shared/shell.ts';

const LAST_LINES = 5;

/**
 * Lets a command fill the database. It runs by `sh -c` in the rehearsal's folder, and when the signal aborts, it is ended with
 * all that it started.
 * @throws RESTORE_FAILED with the last lines that it wrote
 */
export async function restoreByCommand(
  command: string,
  dir: string,
  endpoint: PgEndpoint,
  signal: AbortSignal,
): Promise<void> {
  const env = libpqEnvironment(endpoint, 'restore');
  const end = await runShell(command, { cwd: dir, env, signal, keptLines: LAST_LINES });
  if (end.exitCode === 0) return;
  const said = end.lastLines.length === 0 ? '' : `:\n${redact(end.lastLines.join('\n'))}`;
  const code = end.exitCode ?? end.endedBy ?? 'unknown';
  throw new RehearsalError('RESTORE_FAILED', `the snapshot command ended with exit code ${code}${said}`, {
    hint: `Run it by hand with DATABASE_URL set: ${redact(command)}`,
  });
}
