import { closeQuietly, connect, type PgClient } from '../../pg/client.ts';
import type { PgEndpoint } from '../../pg/endpoint.ts';
import { monotonicMs } from '../../shared/clock.ts';
import { readingOf, type Reading } from './reading.ts';

const TIMEOUT_MS = 5_000;

/** The kernel of a server's host, by the server itself; own are its postmaster and its sessions. Text is null where there is none. */
const LOOK = {
  name: 'rehearse_noise',
  rowMode: 'array' as const,
  text: `select pg_read_file('/proc/sys/kernel/random/boot_id', 0, 100, true), pg_read_file('/proc/stat', 0, 400, true),
                pg_read_file('/proc/pressure/cpu', 0, 400, true), pg_read_file('/proc/pressure/io', 0, 400, true),
                (select string_agg(pg_read_file('/proc/' || p.pid || '/stat', 0, 1000, true), E'\\n')
                   from (select split_part(pg_read_file('postmaster.pid', 0, 100, true), E'\\n', 1)::int as pid
                         union select pid from pg_stat_activity where pid is not null) p)`,
};
type Row = [
  bootId: string | null,
  stat: string | null,
  cpu: string | null,
  io: string | null,
  own: string | null,
];

/** One connection to one server, opened again where it was lost. */
export class ServerHost {
  readonly #endpoint: PgEndpoint;
  #client: PgClient | undefined;

  constructor(endpoint: PgEndpoint) {
    this.#endpoint = endpoint;
  }

  /** @throws what the server says, or why it cannot be reached */
  async read(): Promise<Reading> {
    const client = (this.#client ??= await connect(this.#endpoint, 'probe', { queryTimeoutMs: TIMEOUT_MS }));
    try {
      const { rows } = await client.query<Row>(LOOK);
      const [bootId = null, stat = null, cpuPressure = null, ioPressure = null, own = null] = rows[0] ?? [];
      if (bootId === null || stat === null) throw new Error('its host has no /proc/stat');
      return readingOf({ bootId, stat, cpuPressure, ioPressure, own: own ?? '' }, monotonicMs());
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) await closeQuietly(client);
  }
}
