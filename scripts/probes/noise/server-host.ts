import { closeQuietly, connect, type PgClient } from '../../pg/client.ts';
import type { PgEndpoint } from '../../pg/endpoint.ts';
import { sqlstateOf } from '../../pg/pg-error.ts';
import { monotonicMs } from '../../shared/clock.ts';
import { deviceOf } from './disk-counts.ts';
import { readingOf, type Reading } from './reading.ts';

const TIMEOUT_MS = 5_000;
/** insufficient_privilege: what PostgreSQL makes of EACCES and EPERM of a file. */
const REFUSED = '42501';
/** More than any machine's. */
const MOST_BYTES = 1_000_000;

/** The kernel of a server's host, by the server itself; own are its postmaster and its sessions. Text is null where there is none. */
const LOOK = {
  name: 'rehearse_noise',
  rowMode: 'array' as const,
  text: `select pg_read_file('/proc/sys/kernel/random/boot_id', 0, 100, true), pg_read_file('/proc/stat', 0, 400, true),
                pg_read_file('/proc/pressure/cpu', 0, 400, true), pg_read_file('/proc/pressure/io', 0, 400, true),
                pg_read_file('/proc/diskstats', 0, ${MOST_BYTES}, true),
                (select string_agg(pg_read_file('/proc/' || p.pid || '/stat', 0, 1000, true), E'\\n')
                   from (select split_part(pg_read_file('postmaster.pid', 0, 100, true), E'\\n', 1)::int as pid
                         union select pid from pg_stat_activity where pid is not null) p)`,
};
type Row = [
  bootId: string | null,
  stat: string | null,
  cpu: string | null,
  io: string | null,
  diskstats: string | null,
  own: string | null,
];

/** What the same processes read and wrote; a kernel may keep that from the server, as a statement of its own it breaks no other. */
const OWN_IO = {
  name: 'rehearse_own_io',
  rowMode: 'array' as const,
  text: `select string_agg(pg_read_file('/proc/' || p.pid || '/io', 0, 1000, true), E'\\n')
           from (select split_part(pg_read_file('postmaster.pid', 0, 100, true), E'\\n', 1)::int as pid
                 union select pid from pg_stat_activity where pid is not null) p`,
};

const PLACE = {
  rowMode: 'array' as const,
  text: `select current_setting('data_directory'), pg_read_file('/proc/self/mountinfo', 0, ${MOST_BYTES}, true)`,
};

/** One connection to one server, opened again where it was lost. */
export class ServerHost {
  readonly #endpoint: PgEndpoint;
  #client: PgClient | undefined;
  /** Undefined until it was looked for. */
  #device: string | null | undefined;
  #tellsIo = true;

  constructor(endpoint: PgEndpoint) {
    this.#endpoint = endpoint;
  }

  /** @throws what the server says, or why it cannot be reached */
  async read(): Promise<Reading> {
    const client = (this.#client ??= await connect(this.#endpoint, 'probe', { queryTimeoutMs: TIMEOUT_MS }));
    try {
      const { rows } = await client.query<Row>(LOOK);
      const [bootId, stat, cpuPressure = null, ioPressure = null, diskstats = null, own] = rows[0] ?? [];
      if (bootId == null || stat == null) throw new Error('its host has no /proc/stat');
      if (this.#device === undefined) this.#device = await place(client, diskstats ?? '');
      const device = this.#device;
      const ownIo = await this.#ownIo(client);
      const texts = { bootId, stat, cpuPressure, ioPressure, own: own ?? '', diskstats, device, ownIo };
      return readingOf(texts, monotonicMs());
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Null where the kernel does not tell it to the server. */
  async #ownIo(client: PgClient): Promise<string | null> {
    if (!this.#tellsIo) return null;
    try {
      const { rows } = await client.query<[string | null]>(OWN_IO);
      return rows[0]?.[0] ?? null;
    } catch (error) {
      const state = sqlstateOf(error);
      if (state === undefined) throw error;
      // Else a process has ended between its name and its file.
      if (state === REFUSED) this.#tellsIo = false;
      return null;
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) await closeQuietly(client);
  }
}

/** The disk of the data folder; null where it is on none, or the server cannot tell, as where a mount's name is not in its encoding. */
async function place(client: PgClient, diskstats: string): Promise<string | null> {
  try {
    const { rows } = await client.query<[string, string | null]>(PLACE);
    const [folder = '/', mountinfo] = rows[0] ?? [];
    return deviceOf(folder, mountinfo ?? '', diskstats);
  } catch (error) {
    if (sqlstateOf(error) === undefined) throw error;
    return null;
  }
}
