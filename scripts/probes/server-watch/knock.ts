import { connect } from 'node:net';
import { join } from 'node:path';
import type { PgEndpoint } from '../../pg/endpoint.ts';

/**
 * What stands at a server's address: a PostgreSQL that `answers`; nothing that listens (`refused`); something that takes
 * connections and says no word (`silent`: its kernel answers, its program does not); or no way there (`unreachable`).
 */
export type Door = 'answers' | 'refused' | 'silent' | 'unreachable';

/** SSLRequest: length 8 and the code 80877103; every server answers it with a byte before anything else (protocol 3, 55.2.10). */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Knocks once, without logging in: it works whatever users, passwords and free connections there are. */
export function knock(
  { host, port, socketDir }: Pick<PgEndpoint, 'host' | 'port' | 'socketDir'>,
  timeoutMs: number,
): Promise<Door> {
  return new Promise((resolve) => {
    let connected = false;
    const path = socketDir && join(socketDir, `.s.PGSQL.${port}`);
    const socket = path === undefined ? connect({ host, port }) : connect({ path });
    const settle = (door: Door): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(door);
    };
    const timer = setTimeout(() => {
      settle(connected ? 'silent' : 'unreachable');
    }, timeoutMs);
    socket.once('connect', () => {
      connected = true;
      socket.write(SSL_REQUEST);
    });
    socket.once('data', () => {
      settle('answers');
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      settle(code === 'ECONNREFUSED' || code === 'ENOENT' ? 'refused' : connected ? 'silent' : 'unreachable');
    });
    socket.once('close', () => {
      settle('silent');
    });
  });
}
