import pg from 'pg';
import { closeQuietly, connect, type PgClient } from '../pg/client.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { queryAsText } from './query-as-text.ts';
import type { SqlResult } from './run-commands.ts';
import { ScriptError } from './script-error.ts';

/** Errors after which the server has closed the session, besides everything FATAL (manual, appendix A, classes 08 and 57P). */
const SESSION_OVER = /^(08|57P0[1-5])/;
/** `cached plan must not change result type`: the statement has to be prepared anew. */
const STALE_PLAN = '0A000';
/** The prepared statement is not there (the script dropped it). */
const UNKNOWN_STATEMENT = '26000';

/** One connection of the app, with its prepared statements. */
export class AppConnection {
  /** Process id of the server's side. */
  readonly pid: number;
  readonly #client: PgClient;
  /** How often a statement had to be prepared anew; the count is part of its name. */
  readonly #generations = new Map<string, number>();
  #staleNames: string[] = [];
  #lost = false;

  private constructor(client: PgClient, pid: number, onLost: () => void) {
    this.#client = client;
    this.pid = pid;
    const lost = (): void => {
      if (this.#lost) return;
      this.#lost = true;
      onLost();
    };
    client.on('error', lost);
    client.on('end', lost);
  }

  /** @throws CONNECTION_FAILED */
  static async open(endpoint: PgEndpoint, signal: AbortSignal, onLost: () => void): Promise<AppConnection> {
    const client = await connect(endpoint, 'app', { signal });
    try {
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      return new AppConnection(client, rows[0]?.pid ?? 0, onLost);
    } catch (error) {
      await closeQuietly(client);
      throw error;
    }
  }

  /** The server has closed it, or the socket broke. */
  get lost(): boolean {
    return this.#lost;
  }

  /** A transaction block was open when the last answer came. */
  get inTransaction(): boolean {
    return this.#client.getTransactionStatus() !== 'I';
  }

  /** Runs a statement, prepared once under a name that stands for `key`. */
  async execute(key: string, text: string, values: (string | null)[]): Promise<SqlResult> {
    const generation = this.#generations.get(key) ?? 0;
    const name = `${key}g${generation}`;
    try {
      return await queryAsText(this.#client, { name, text, values });
    } catch (error) {
      const sqlstate = error instanceof pg.DatabaseError ? error.code : undefined;
      if (sqlstate === STALE_PLAN || sqlstate === UNKNOWN_STATEMENT)
        this.#generations.set(key, generation + 1);
      if (sqlstate === STALE_PLAN) this.#staleNames.push(name);
      throw error;
    }
  }

  /** What an error means for the request: a SQLSTATE, or `lost` when the session is gone. @throws the error itself if it is a bug */
  outcomeOf(error: unknown): string {
    if (error instanceof ScriptError) return error.sqlstate;
    if (error instanceof pg.DatabaseError) {
      const fatal = error.severity === 'FATAL' || error.severity === 'PANIC';
      const sqlstate = error.code ?? 'XX000';
      return this.#lost || fatal || SESSION_OVER.test(sqlstate) ? 'lost' : sqlstate;
    }
    if (this.#lost) return 'lost';
    throw error;
  }

  /** After an error: ends what the request left open and drops stale statements, as drivers do. */
  async recover(): Promise<void> {
    if (this.inTransaction) await this.#client.query('ROLLBACK');
    for (const name of this.#staleNames.splice(0)) {
      await this.#client.query(`DEALLOCATE ${this.#client.escapeIdentifier(name)}`);
    }
  }

  async close(): Promise<void> {
    this.#lost = true;
    await closeQuietly(this.#client);
  }
}
