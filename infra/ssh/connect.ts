import type { Duplex } from 'node:stream';
import { Client } from 'ssh2';
import { RehearsalError } from '../../scripts/shared/errors.ts';
import type { SshAccess } from './access.ts';

const READY_TIMEOUT_MS = 15_000;
/** A path that went silent is given up after three of these. */
const KEEPALIVE_MS = 5_000;

export interface ConnectOptions {
  readonly signal: AbortSignal;
  /** From dialling to an authenticated session; 15 s unless given. */
  readonly timeoutMs?: number;
  /** A stream to talk through instead of dialling, such as a channel of a bastion. */
  readonly sock?: Duplex;
}

/**
 * One authenticated connection; the host must show exactly the expected key. End it with `client.end()`.
 * @throws HOST_UNREACHABLE, or the signal's reason
 */
export async function connectSsh(access: SshAccess, options: ConnectOptions): Promise<Client> {
  const { signal, timeoutMs = READY_TIMEOUT_MS, sock } = options;
  signal.throwIfAborted();
  const { host, port, username, privateKey } = access;
  const expected = Buffer.from(access.hostKey.split(' ')[1] ?? '', 'base64');
  const client = new Client();
  const onAbort = (): void => {
    client.destroy();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve).once('error', reject);
      client.once('close', () => {
        reject(new Error('the connection was closed'));
      });
      client.connect({
        ...{ host, port, username, privateKey, readyTimeout: timeoutMs, keepaliveInterval: KEEPALIVE_MS },
        ...(sock === undefined ? {} : { sock }),
        hostVerifier: (key: Buffer) => key.equals(expected),
      });
    });
    // From here on an error ends the connection, and whoever uses it sees `close`.
    client.on('error', () => undefined);
    return client;
  } catch (cause) {
    client.destroy();
    if (signal.aborted) throw signal.reason;
    throw new RehearsalError('HOST_UNREACHABLE', `cannot reach ${username}@${host}:${port} by SSH: ${String(cause)}`, {
      hint: 'check that the host is up (rehearse list) and that nothing between here and there drops port 22',
      cause,
    });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
