import type { Duplex } from 'node:stream';
import pg from 'pg';
import { asError, RehearsalError } from '../shared/errors.ts';
import { guard } from './messages/guard.ts';
import { registerNames } from './messages/public-names.ts';
import { APPLICATION_PREFIX, type ConnectionRole, type PgEndpoint } from './endpoint.ts';
import { immunityOf, MAKE_IMMUNE } from './immunity.ts';
import { ownSessions } from './own-sessions.ts';

export type { Client as PgClient } from 'pg';

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * One open connection that shows up in pg_stat_activity as `rehearse/<role>`, and is known by its backend's process id.
 * A connection that the server drops later rejects the queries in flight; its `error` event is kept from ending the process.
 * @throws CONNECTION_FAILED
 */
export async function connect(
  endpoint: PgEndpoint,
  role: ConnectionRole,
  extra: { pipeline?: boolean; queryTimeoutMs?: number; signal?: AbortSignal; stream?: () => Duplex } = {},
): Promise<pg.Client> {
  const { signal, queryTimeoutMs, ...config } = extra;
  signal?.throwIfAborted();
  const { socketDir, ...address } = endpoint;
  const immunity = immunityOf(role);
  const options = [endpoint.options, immunity].filter((some) => some !== undefined).join(' ');
  const client = new pg.Client({
    // Left out, PGSSLMODE of whoever started the tool would count.
    ssl: false,
    ...address,
    ...(socketDir === undefined ? {} : { host: socketDir }),
    ...config,
    // Left out, PGOPTIONS of whoever started the tool would count; an empty text is the same as left out.
    options: options === '' ? ' ' : options,
    ...(queryTimeoutMs === undefined ? {} : { query_timeout: queryTimeoutMs }),
    application_name: `${APPLICATION_PREFIX}${role}`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  guard(client, role);
  registerNames([endpoint.user, endpoint.database, `${APPLICATION_PREFIX}${role}`]);
  client.on('error', () => undefined);
  try {
    await client.connect();
    if (immunity !== undefined) await client.query(MAKE_IMMUNE);
  } catch (cause) {
    throw new RehearsalError(
      'CONNECTION_FAILED',
      `PostgreSQL at ${endpoint.host}:${endpoint.port} did not accept a connection: ${asError(cause).message}`,
      { cause },
    );
  }
  const { processID } = client as pg.Client & { readonly processID: number | null };
  if (processID !== null) client.once('end', ownSessions(endpoint).opened(processID, role));
  return client;
}

/**
 * Runs `use` with a connection of its own that is closed on every way out, and as soon as the signal aborts, whatever it waits for.
 */
export async function withConnection<T>(
  endpoint: PgEndpoint,
  role: ConnectionRole,
  use: (client: pg.Client) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const client = await connect(endpoint, role, signal ? { signal } : {});
  const cut = (): void => {
    client.connection.stream.destroy(); // end() would wait for what is in flight
  };
  signal?.addEventListener('abort', cut, { once: true });
  try {
    return await use(client);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', cut);
    await closeQuietly(client);
  }
}

/** Ends a connection whether or not it still lives. */
export async function closeQuietly(client: pg.Client): Promise<void> {
  await client.end().catch(() => undefined);
}
