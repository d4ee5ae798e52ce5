import { Client } from 'ssh2';
import { sleep } from '../../scripts/shared/clock.ts';
import { asError } from '../../scripts/shared/errors.ts';
import { CloudUnclear } from './api.ts';

const HANDSHAKE_MS = 10_000;
const KIND = 'ssh-ed25519';

interface Contact {
  /** `Raff VM rehearse-…-primary-…`, for messages. */
  readonly what: string;
  readonly host: string;
  readonly port: number;
  /** The key that was put into it; undefined = whichever it shows first is its key from then on. */
  readonly expected: string | undefined;
  readonly limitMs: number;
  readonly pollMs: number;
  readonly signal: AbortSignal;
}

/**
 * Waits until SSH answers, and gives the host's key as `ssh-ed25519 AAAA…`. Nobody logs in and nothing is sent: the connection
 * ends at the handshake.
 * @throws CloudUnclear after the limit, with the last that was seen
 */
export async function firstContact(contact: Contact): Promise<string> {
  const { what, host, port, expected, limitMs, pollMs, signal } = contact;
  const end = Date.now() + limitMs;
  for (;;) {
    let last: string;
    try {
      const key = await shownKey(host, port, signal);
      if (expected === undefined || key === expected) return key;
      last = 'it shows another host key than the one it was given';
    } catch (error) {
      signal.throwIfAborted();
      last = asError(error).message;
    }
    if (Date.now() >= end)
      throw new CloudUnclear(
        `SSH of ${what} did not answer at ${host}:${port} in ${limitMs / 1000} s: ${last}`,
      );
    await sleep(pollMs, signal);
  }
}

async function shownKey(host: string, port: number, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const client = new Client();
  const onAbort = (): void => void client.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      client.on('error', reject);
      client.once('close', () => {
        reject(new Error('the connection was closed'));
      });
      client.connect({
        host,
        port,
        username: 'root',
        readyTimeout: HANDSHAKE_MS,
        algorithms: { serverHostKey: [KIND] },
        hostVerifier: (key: Buffer) => {
          resolve(`${KIND} ${key.toString('base64')}`);
          return false;
        },
      });
    });
  } finally {
    signal.removeEventListener('abort', onAbort);
    client.destroy();
  }
}
