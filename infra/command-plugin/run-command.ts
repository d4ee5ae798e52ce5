import { ConnectionLost, type OpenConnection } from '../ssh/open-connection.ts';
import type { ExecEnd } from '../ssh/exec.ts';

/** The longest that a command may take: it may install software. */
const COMMAND_MS = 3_600_000;
/** How long a command may take to end after it was told to. */
const END_MS = 2_000;

/**
 * sshd does not pass signals on to what root runs (OpenSSH before 9.8). All that runs over this connection has the same
 * parent, so a second command on it can: to each but itself, and to what those started.
 */
const END_OTHERS =
  'for pid in $(cat /proc/$PPID/task/*/children 2>/dev/null); do [ $pid = $$ ] || kill -TERM -- -$pid; done';

/**
 * Runs one command to its end, however it ends. An abort ends it and what it started.
 * @throws ConnectionLost, or the signal's reason
 */
export async function runCommand(
  connection: OpenConnection,
  { command, stdin }: { readonly command: string; readonly stdin: string },
  signal: AbortSignal,
): Promise<ExecEnd> {
  signal.throwIfAborted();
  const running = connection.exec(command, { stdin, timeoutMs: COMMAND_MS });
  let stopping: Promise<void> | undefined;
  const onAbort = (): void => {
    stopping = endOthers(connection, running);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await running;
  } catch (error) {
    if (!signal.aborted && error instanceof ConnectionLost)
      throw new Error(`the connection was lost: ${error.message}`, { cause: error });
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await stopping;
    signal.throwIfAborted();
  }
}

/** A host that takes no second command is left. */
async function endOthers(connection: OpenConnection, running: Promise<unknown>): Promise<void> {
  const left = setTimeout(() => connection.drop('the command was stopped'), END_MS);
  await connection.exec(END_OTHERS, { timeoutMs: END_MS }).catch(() => undefined);
  await running.catch(() => undefined);
  clearTimeout(left);
}
