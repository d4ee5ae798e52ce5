import pg from 'pg';
import { withConnection, type PgClient } from '../pg/client.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { registerNames } from '../pg/messages/public-names.ts';
import { asError, RehearsalError } from '../shared/errors.ts';

/** Only from 15 on can it be chosen; before, files are copied always. */
const STRATEGY_SINCE = 150_000;
/** Their values are lists of quoted names already (PostgreSQL's GUC_LIST_QUOTE). */
const QUOTED_LISTS = [
  'search_path',
  'temp_tablespaces',
  'local_preload_libraries',
  'session_preload_libraries',
];

/**
 * The restored database, put aside, and copies of it under its own name: each playing of a plan begins on a fresh one.
 * A copy of files is 5 to 12 times faster than any restore, and leaves the same cache behind each time: PostgreSQL's buffers
 * hold nothing of it, the system's file cache all that fits. What is not of one database (roles, settings of the server)
 * is not put back.
 */
export class DatabaseCopies {
  readonly #endpoint: PgEndpoint;
  readonly #original: string;

  private constructor(endpoint: PgEndpoint) {
    this.#endpoint = endpoint;
    this.#original = `${endpoint.database}_restored`;
    registerNames([endpoint.database, this.#original]);
  }

  /** Puts the restored database aside; nobody may be connected to it. @throws RESTORE_FAILED */
  static async of(endpoint: PgEndpoint, signal: AbortSignal): Promise<DatabaseCopies> {
    const copies = new DatabaseCopies(endpoint);
    await copies.#maintain(signal, (client) =>
      client.query(`alter database ${quoted(endpoint.database)} rename to ${quoted(copies.#original)}`),
    );
    return copies;
  }

  /** The database as the restore left it; whoever is still connected to the one before loses it. @throws RESTORE_FAILED */
  async fresh(signal: AbortSignal): Promise<void> {
    const copy = quoted(this.#endpoint.database);
    await this.#maintain(signal, async (client) => {
      await client.query(`drop database if exists ${copy} with (force)`);
      const { rows } = await client.query<{ version: number }>(
        "select current_setting('server_version_num')::int as version",
      );
      const strategy = (rows[0]?.version ?? 0) >= STRATEGY_SINCE ? ' strategy file_copy' : '';
      await client.query(`create database ${copy} template ${quoted(this.#original)}${strategy}`);
      for (const statement of await this.#settings(client)) await client.query(statement);
      await client.query('checkpoint');
    });
  }

  /** Settings of the original database, which CREATE DATABASE does not copy, as statements for the copy. */
  async #settings(client: PgClient): Promise<string[]> {
    const { rows } = await client.query<{ statement: string }>(
      `select format('alter %s set %I to %s',
                case when r.rolname is null then format('database %I', $1::text)
                     else format('role %I in database %I', r.rolname, $1::text) end,
                s.name, case when s.name = any($3) then s.value else quote_literal(s.value) end) as statement
         from (select setrole, split_part(entry, '=', 1) as name, substr(entry, strpos(entry, '=') + 1) as value
                 from pg_db_role_setting, unnest(setconfig) entry
                where setdatabase = (select oid from pg_database where datname = $2)) s
         left join pg_roles r on r.oid = s.setrole`,
      [this.#endpoint.database, this.#original, QUOTED_LISTS],
    );
    return rows.map(({ statement }) => statement);
  }

  async #maintain(signal: AbortSignal, use: (client: PgClient) => Promise<unknown>): Promise<void> {
    try {
      await withConnection({ ...this.#endpoint, database: 'postgres' }, 'setup', use, signal);
    } catch (cause) {
      signal.throwIfAborted();
      throw new RehearsalError(
        'RESTORE_FAILED',
        `the restored database cannot be copied for the next playing: ${asError(cause).message}`,
        {
          hint: 'several scenarios or repetitions need room for two copies of the database, and a database postgres to connect to',
          cause,
        },
      );
    }
  }
}

function quoted(name: string): string {
  return pg.escapeIdentifier(name);
}
