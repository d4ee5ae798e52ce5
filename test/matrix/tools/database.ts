import { withConnection } from '../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { openLogFile } from '../../../scripts/probes/server-log/log-file.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { BASE, EFFECTS, REFUSALS } from './cells.ts';

const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  max_wal_size: '4GB',
  log_line_prefix: '%d %e ',
};

/** A server on which each attempt has a database of its own, and whose log tells what it refused. */
export class Databases {
  readonly #database: TestDatabase;
  #made = 0;

  private constructor(database: TestDatabase) {
    this.#database = database;
  }

  static async start(): Promise<Databases> {
    const database = await startTestDatabase(
      Object.entries(SETTINGS).map(([name, value]) => ({ name, value })),
    );
    await withConnection(database.endpoint, 'setup', (client) => client.query('create database tpl'));
    await withConnection({ ...database.endpoint, database: 'tpl' }, 'setup', (client) => client.query(BASE));
    return new Databases(database);
  }

  stop(): Promise<void> {
    return this.#database.stop();
  }

  /** Lets `use` have a fresh database. @returns what it returned, what is in the database then, and the last refusal */
  async lend<T>(
    use: (endpoint: PgEndpoint) => Promise<T>,
  ): Promise<{ ended: T; left: string[]; refused: string | null }> {
    const database = `try_${++this.#made}`;
    const endpoint = { ...this.#database.endpoint, database };
    await this.#admin(`create database ${database} template tpl strategy wal_log`);
    const ended = await use(endpoint);
    const left = await withConnection(endpoint, 'setup', async (client) => {
      const lines: string[] = [];
      for (const text of EFFECTS) {
        const { rows } = await client.query<unknown[]>({ text, rowMode: 'array' });
        lines.push(...rows.map((row) => JSON.stringify(row)).sort());
      }
      return lines;
    });
    const refused = await this.#refusal(database);
    await this.#admin(`drop database ${database} with (force)`);
    return { ended, left, refused };
  }

  async #refusal(database: string): Promise<string | null> {
    const said = await withConnection(this.#database.endpoint, 'setup', async (client) => {
      const log = await openLogFile(client, 0);
      try {
        return (await log.read()).toString('utf8');
      } finally {
        await log.close();
      }
    });
    const lines = said.matchAll(new RegExp(`^${database} (\\w{5}) ERROR:`, 'gm'));
    return [...lines].map(([, state = '']) => state).find((state) => REFUSALS.has(state)) ?? null;
  }

  async #admin(sql: string): Promise<void> {
    await withConnection(this.#database.endpoint, 'setup', (client) => client.query(sql));
  }
}
