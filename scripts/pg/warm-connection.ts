import type pg from 'pg';
import { closeQuietly, connect } from './client.ts';
import type { PgEndpoint } from './endpoint.ts';
import { isConnectionLoss } from './pg-error.ts';

/**
 * A connection for looks that are some time apart: opened by the first of them and kept for the next, so that none pays for another
 * backend, which reads the catalogs anew. What ended it meanwhile does not matter: the next look opens another one.
 */
export class WarmConnection {
  readonly #endpoint: PgEndpoint;
  #client: pg.Client | undefined;

  constructor(endpoint: PgEndpoint) {
    this.#endpoint = endpoint;
  }

  /**
   * One at a time. Where the kept connection turns out to be lost, `look` is begun once more on a new one.
   * @param look reads and keeps nothing before it is through; settings that it makes stay for the next
   * @throws CONNECTION_FAILED; what PostgreSQL says; the signal's reason as soon as that aborts
   */
  async use<T>(look: (client: pg.Client) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const kept = this.#client;
    if (kept === undefined) return this.#through(await this.#open(signal), look, signal);
    try {
      return await this.#through(kept, look, signal);
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
      return this.#through(await this.#open(signal), look, signal);
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) await closeQuietly(client);
  }

  async #open(signal?: AbortSignal): Promise<pg.Client> {
    return (this.#client = await connect(this.#endpoint, 'setup', signal ? { signal } : {}));
  }

  async #through<T>(
    client: pg.Client,
    look: (client: pg.Client) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const cut = (): void => {
      client.connection.stream.destroy(); // end() would wait for what is in flight
    };
    signal?.addEventListener('abort', cut, { once: true });
    try {
      signal?.throwIfAborted();
      return await look(client);
    } catch (error) {
      if (isConnectionLoss(error) || signal?.aborted === true) await this.close();
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', cut);
    }
  }
}
