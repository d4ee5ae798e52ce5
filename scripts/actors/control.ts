import type { QueryResultRow } from 'pg';
import { closeQuietly, connect, type PgClient } from '../pg/client.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';

const QUERY_TIMEOUT_MS = 10_000;

/** The connection from which actors are looked at and cancelled: one question after the other, whoever asks. */
export class Control {
  readonly #client: PgClient;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(client: PgClient) {
    this.#client = client;
  }

  /** @throws CONNECTION_FAILED */
  static async open(endpoint: PgEndpoint): Promise<Control> {
    return new Control(await connect(endpoint, 'setup', { queryTimeoutMs: QUERY_TIMEOUT_MS }));
  }

  async rows<T extends QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    const asked = this.#last.then(() => this.#client.query<T>(sql, [...values]));
    this.#last = asked.catch(() => undefined);
    return (await asked).rows;
  }

  async close(): Promise<void> {
    await this.#last;
    await closeQuietly(this.#client);
  }
}
