import { readFile, readlink } from 'node:fs/promises';
import type { Asker } from '../pg/asker.ts';

/** A server whose waits can be traced. */
export interface TracedServer {
  /** The `postgres` that runs, by a path of this machine. */
  readonly binary: string;
  /** Its PgStartTime: microseconds since 2000-01-01 UTC. */
  readonly startedAtUs: number;
}

/** When the server of this connection was started, as `TracedServer` has it. */
export async function startOf(client: Asker): Promise<number> {
  const { rows } = await client.query<{ us: string }>(
    `select round(extract(epoch from pg_postmaster_start_time()) * 1000000)::bigint - 946684800000000 as us`,
  );
  return Number(rows[0]?.us);
}

/** A server among the processes that can be seen from here. */
export interface LocalServer extends TracedServer {
  /** The parent of all its backends. */
  readonly postmasterPid: number;
}

/**
 * The server of this connection, where it runs under this kernel and among the processes that can be seen from here.
 * @throws Error saying in one phrase why it cannot be found
 */
export async function localServer(client: Asker): Promise<LocalServer> {
  const { rows } = await client.query<{ pid: number; port: number | null }>(
    'select pg_backend_pid() as pid, inet_client_port() as port',
  );
  const { pid = 0, port = null } = rows[0] ?? {};
  const title = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
  // A process of the same pid elsewhere has another title: `postgres: user database 127.0.0.1(50432) idle`.
  const isOurs = title.includes(port === null ? '[local]' : `(${port})`);
  if (!isOurs) throw new Error('the server runs on another host or in another pid namespace');
  const [binary, postmasterPid = 0] = [await readlink(`/proc/${pid}/exe`), await parentOf(pid)];
  return { binary, postmasterPid, startedAtUs: await startOf(client) };
}

/** Field 4 of /proc/<pid>/stat (proc_pid_stat(5)), counted from behind the name; undefined where there is no such process. */
export async function parentOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  const parent = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
  return parent === undefined ? undefined : Number(parent);
}
