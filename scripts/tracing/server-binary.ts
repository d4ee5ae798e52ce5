import { readFile, readlink } from 'node:fs/promises';
import type { PgClient } from '../pg/client.ts';

/**
 * The program that serves this connection, where it runs under this kernel and among the processes that can be seen from here.
 * @throws Error saying in one phrase why it cannot be found
 */
export async function serverBinary(client: PgClient): Promise<string> {
  const { rows } = await client.query<{ pid: number; port: number | null }>(
    'select pg_backend_pid() as pid, inet_client_port() as port',
  );
  const { pid = 0, port = null } = rows[0] ?? {};
  const title = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
  // A process of the same pid elsewhere has another title: `postgres: user database 127.0.0.1(50432) idle`.
  const isOurs = title.includes(port === null ? '[local]' : `(${port})`);
  if (!isOurs) throw new Error('the server runs on another host or in another pid namespace');
  return readlink(`/proc/${pid}/exe`);
}
