import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { libpqEnvironment, type PgEndpoint } from '../pg/endpoint.ts';
import { RehearsalError } from '../shared/errors.ts';
import { redact, registerSecret } from '../shared/redact.ts';

const LAST_LINES = 5;
/** How long a command may take to end after it was asked to. */
const GRACE_MS = 5_000;

/**
 * Lets a command fill the database. It runs by `sh -c` in the rehearsal's folder, in a process group of its own, and when the
 * signal aborts, the whole group is ended.
 * @throws RESTORE_FAILED with the last lines that it wrote to stderr
 */
export async function restoreByCommand(
  command: string,
  dir: string,
  endpoint: PgEndpoint,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  registerSecret(endpoint.password);
  const child = spawn('sh', ['-c', command], {
    cwd: dir,
    env: { ...process.env, ...libpqEnvironment(endpoint, 'restore') },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const closed = once(child, 'close');
  closed.catch(() => undefined);
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (lines.push(line) > LAST_LINES) lines.shift();
  });
  let killer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    endGroup(child.pid, 'SIGTERM');
    killer = setTimeout(endGroup, GRACE_MS, child.pid, 'SIGKILL');
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const [code, ended] = (await closed) as [number | null, string | null];
    signal.throwIfAborted();
    if (code !== 0) throw failure(command, code ?? ended ?? 'unknown', lines);
  } finally {
    signal.removeEventListener('abort', stop);
    clearTimeout(killer);
  }
}

function failure(command: string, code: number | string, lines: readonly string[]): RehearsalError {
  const said = lines.length === 0 ? '' : `:\n${redact(lines.join('\n'))}`;
  return new RehearsalError('RESTORE_FAILED', `the snapshot command ended with exit code ${code}${said}`, {
    hint: `Run it by hand with DATABASE_URL set: ${redact(command)}`,
  });
}

/** A group that has ended already is no mistake. */
function endGroup(pid: number | undefined, how: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, how);
  } catch {
    return;
  }
}
