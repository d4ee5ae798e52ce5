import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { sleep } from '../../../scripts/shared/clock.ts';
import { addressOf, type Connection } from './connection.ts';
import { handshake, HopelessDial } from './handshake.ts';

const FIRST_DELAY_MS = 100;
const LAST_DELAY_MS = 5_000;
const DELAY_GROWTH = 1.5;

/** A host that is logged in to. */
export interface Session {
  readonly client: Client;
  /** Aborted, with the reason, when the caller's signal is or when the connection is lost. */
  readonly signal: AbortSignal;
  end(): void;
}

/** What is told while dials fail. */
type OnRetry = (line: string) => void;

/**
 * Dials until it works, as often as the connection's limits allow, through its proxy if it has one.
 * @throws Error with the last failure, or the signal's reason
 */
export async function dial(connection: Connection, signal: AbortSignal, onRetry: OnRetry): Promise<Session> {
  const { proxy, dialErrorLimit } = connection;
  if (proxy === undefined) {
    return sessionOf(await retried(() => handshake(connection, signal), dialErrorLimit, 'Dial'), signal);
  }
  try {
    const bastion = await retried(() => handshake(proxy, signal), proxy.dialErrorLimit, 'Dial proxy');
    return await throughBastion(bastion);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error(`proxy: ${(error as Error).message}`, { cause: error });
  }

  async function throughBastion(bastion: Client): Promise<Session> {
    const attempt = async (): Promise<Client> =>
      handshake(connection, signal, await channelTo(connection, bastion));
    try {
      return sessionOf(await retried(attempt, dialErrorLimit, 'Dial from proxy'), signal, bastion);
    } catch (error) {
      bastion.destroy();
      throw error;
    }
  }

  async function retried<T>(attempt: () => Promise<T>, limit: number, what: string): Promise<T> {
    for (
      let failed = 0, delayMs = FIRST_DELAY_MS;
      ;
      delayMs = Math.min(delayMs * DELAY_GROWTH, LAST_DELAY_MS)
    ) {
      try {
        return await attempt();
      } catch (error) {
        if (signal.aborted || error instanceof HopelessDial) throw error;
        failed += 1;
        if (limit >= 0 && failed > limit) {
          throw new Error(`after ${failed - 1} failed attempts: ${(error as Error).message}`, {
            cause: error,
          });
        }
        onRetry(`${what} ${failed}/${limit < 0 ? 'inf' : limit} failed: retrying`);
        await sleep(delayMs, signal);
      }
    }
  }
}

function channelTo(connection: Connection, bastion: Client): Promise<Duplex> {
  const { host, port } = connection;
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      reject(new Error(`no way from the proxy to ${addressOf(connection)}: ${error.message}`));
    };
    try {
      bastion.forwardOut('127.0.0.1', 0, host, port, (error, stream) => {
        if (error) failed(error);
        else resolve(stream);
      });
    } catch (error) {
      failed(error as Error);
    }
  });
}

function sessionOf(client: Client, signal: AbortSignal, bastion?: Client): Session {
  const lost = new AbortController();
  let reason = 'the connection was closed';
  client.on('error', (error) => {
    reason = error.message;
  });
  client.on('close', () => {
    lost.abort(new Error(`the connection was lost: ${reason}`));
  });
  const end = (): void => {
    client.end();
    bastion?.end();
  };
  return { client, signal: AbortSignal.any([signal, lost.signal]), end };
}
