import { closeQuietly, connect, type PgClient } from '../../pg/client.ts';
import type { PgEndpoint } from '../../pg/endpoint.ts';
import { sqlstateOf } from '../../pg/pg-error.ts';
import { withTimeout } from '../../shared/clock.ts';
import { asError } from '../../shared/errors.ts';

/** cannot_connect_now: it starts, stops or recovers. */
const NOT_NOW = '57P03';
/** Of every cluster; the rehearsed database may be copied or closed for all while somebody is connected to it. */
const DATABASE = 'postgres';
const LOGIN_MS = 3_000;

/** How a login went: `refused` by a server that is up and wants none of ours. */
type Login = 'in' | 'not-now' | 'refused' | 'none';

/** One session that asks for nothing: an empty query needs no lock, no catalog and no memory. */
export class Heartbeat {
  readonly #endpoint: PgEndpoint;
  #client: PgClient | undefined;

  constructor(endpoint: PgEndpoint) {
    this.#endpoint = { ...endpoint, database: DATABASE };
  }

  get client(): PgClient | undefined {
    return this.#client;
  }

  /** False when no answer came in time, or the session is gone. */
  async beat(withinMs: number): Promise<boolean> {
    if (this.#client === undefined) return false;
    return withTimeout(this.#client.query(''), withinMs, 'a heartbeat').then(
      () => true,
      () => false,
    );
  }

  async login(): Promise<Login> {
    this.drop();
    const opened = connect(this.#endpoint, 'probe');
    try {
      this.#client = await withTimeout(opened, LOGIN_MS, 'logging in');
      return 'in';
    } catch (error) {
      void opened.then(closeQuietly, () => undefined);
      const state = sqlstateOf(asError(error).cause);
      return state === undefined ? 'none' : state === NOT_NOW ? 'not-now' : 'refused';
    }
  }

  /** Without a farewell, for which a server that is away would keep us waiting. */
  drop(): void {
    this.#client?.connection.stream.destroy();
    this.#client = undefined;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client) await withTimeout(closeQuietly(client), LOGIN_MS, 'closing').catch(() => undefined);
  }
}
