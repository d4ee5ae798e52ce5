import { asError } from '../../scripts/shared/errors.ts';
import { sleep } from '../../scripts/shared/clock.ts';
import { connectSsh, SshRefused } from '../ssh/connect.ts';
import { OpenConnection } from '../ssh/open-connection.ts';
import { accessOf, type Connection } from './connection.ts';

const FIRST_DELAY_MS = 100;
const LAST_DELAY_MS = 5_000;
const DELAY_GROWTH = 1.5;
/** A path that has been silent for three of these is given up. */
const KEEPALIVE_MS = 20_000;

/** What is told while dials fail. */
type OnRetry = (line: string) => void;

/**
 * Dials until it works, as often as the connection's limit allows; who refuses our key may only be told of it later.
 * @throws Error with the last failure, or the signal's reason
 */
export async function dial(
  connection: Connection,
  signal: AbortSignal,
  onRetry: OnRetry,
): Promise<OpenConnection> {
  const { dialErrorLimit: limit, perDialTimeout } = connection;
  const options = { signal, timeoutMs: perDialTimeout * 1000, keepaliveMs: KEEPALIVE_MS };
  let delayMs = FIRST_DELAY_MS;
  for (let failed = 1; ; failed += 1) {
    try {
      return new OpenConnection(await connectSsh(accessOf(connection), options));
    } catch (error) {
      if (signal.aborted || isHopeless(error)) throw error;
      if (limit >= 0 && failed > limit)
        throw new Error(`after ${failed - 1} failed attempts: ${asError(error).message}`, { cause: error });
      onRetry(`Dial ${failed}/${limit < 0 ? 'inf' : limit} failed: retrying`);
      await sleep(delayMs, signal);
      delayMs = Math.min(delayMs * DELAY_GROWTH, LAST_DELAY_MS);
    }
  }
}

/** No further dial can mend it: the host is another one, or our key cannot be read. */
function isHopeless(error: unknown): boolean {
  if (error instanceof SshRefused && error.reason === 'host-key') return true;
  return /privateKey|passphrase/i.test(asError(error).message);
}
