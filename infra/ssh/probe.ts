import { monotonicMs, sleep } from '../../scripts/shared/clock.ts';
import { asError, RehearsalError } from '../../scripts/shared/errors.ts';
import type { SshAccess } from './access.ts';
import { connectSsh, SshRefused } from './connect.ts';
import { OpenConnection } from './open-connection.ts';

const ATTEMPT_MS = 5_000;
const PAUSE_MS = 100;
const LIMIT_MS = 60_000;

/**
 * Waits until the host runs a command by SSH. A key that is not taken yet may still be written while the host boots, so only
 * another host key ends the wait early.
 * @throws HOST_UNREACHABLE, or the signal's reason
 */
export async function probeHost(
  access: SshAccess,
  signal: AbortSignal,
  { limitMs = LIMIT_MS }: { limitMs?: number } = {},
): Promise<void> {
  const startedAtMs = monotonicMs();
  let known: Error | undefined;
  for (;;) {
    const leftMs = limitMs - (monotonicMs() - startedAtMs);
    try {
      await runTrue(access, signal, Math.max(1, Math.min(ATTEMPT_MS, leftMs)));
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SshRefused && error.reason === 'host-key') throw error;
      // An attempt that had no time tells less than one before it.
      if (known === undefined || leftMs >= ATTEMPT_MS) known = asError(error);
      if (monotonicMs() - startedAtMs + PAUSE_MS >= limitMs) throw notAnswering(access, limitMs, known);
    }
    await sleep(PAUSE_MS, signal);
  }
}

async function runTrue(access: SshAccess, signal: AbortSignal, timeoutMs: number): Promise<void> {
  const connection = new OpenConnection(await connectSsh(access, { signal, timeoutMs }));
  const forget = connection.dropOn(signal);
  try {
    await connection.exec('true', { timeoutMs });
  } finally {
    forget();
    await connection.end();
  }
}

function notAnswering({ host, port }: SshAccess, limitMs: number, cause: Error): RehearsalError {
  const message = `${host}:${port} did not answer by SSH within ${limitMs / 1000} s: ${cause.message}`;
  return new RehearsalError('HOST_UNREACHABLE', message, {
    hint: 'look whether the host came up (rehearse list), then start again',
    cause,
  });
}
