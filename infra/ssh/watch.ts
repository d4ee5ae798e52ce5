import { monotonicMs, sleep } from '../../scripts/shared/clock.ts';
import { asError, RehearsalError } from '../../scripts/shared/errors.ts';
import type { SshAccess } from './access.ts';
import { connectSsh, SshRefused } from './connect.ts';
import { OpenConnection } from './open-connection.ts';

/** A host that goes silent is noticed after three of these. */
const KEEPALIVE_MS = 1_000;
const PAUSE_MS = 500;
const DIAL_MS = 5_000;
const GONE_MS = 10_000;

export interface WatchedHost {
  readonly role: string;
  readonly access: SshAccess;
}

export interface WatchOptions {
  /** Ends the watch and its connections. */
  readonly signal: AbortSignal;
  /** Called once for a host that is gone, with HOST_DIED. */
  readonly onGone: (role: string, error: RehearsalError) => void;
  /** A host is gone when it could not be reached for so long; 10 s unless given. */
  readonly goneMs?: number;
  readonly keepaliveMs?: number;
}

/** Keeps a connection to each host and tells when one is gone. Settles, never rejects, when the watch has ended. */
export async function watchHosts(hosts: readonly WatchedHost[], options: WatchOptions): Promise<void> {
  await Promise.all(hosts.map((host) => watchOne(host, options)));
}

async function watchOne({ role, access }: WatchedHost, options: WatchOptions): Promise<void> {
  const { signal, onGone, goneMs = GONE_MS, keepaliveMs = KEEPALIVE_MS } = options;
  let lostAtMs = monotonicMs();
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    try {
      const dial = { signal, keepaliveMs, timeoutMs: Math.min(DIAL_MS, goneMs) };
      await untilLost(new OpenConnection(await connectSsh(access, dial)), signal);
      lostAtMs = monotonicMs();
    } catch (error) {
      if (isOver()) return;
      const isGone = error instanceof SshRefused || monotonicMs() - lostAtMs >= goneMs;
      if (isGone) {
        onGone(role, diedError(role, access, asError(error)));
        return;
      }
    }
    await sleep(PAUSE_MS, signal).catch(() => undefined);
  }
}

async function untilLost(connection: OpenConnection, signal: AbortSignal): Promise<void> {
  const forget = connection.dropOn(signal);
  await connection.ended;
  forget();
}

function diedError(role: string, { host }: SshAccess, cause: Error): RehearsalError {
  return new RehearsalError('HOST_DIED', `the ${role} host (${host}) is gone: ${cause.message}`, {
    hint: 'out of memory, out of disk, or removed by somebody: start again, with a larger host if it was its size',
    cause,
  });
}
