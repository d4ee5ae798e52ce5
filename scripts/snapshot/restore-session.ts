import type pg from 'pg';
import { closeQuietly, connect } from '../pg/client.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import type { PgSetting } from '../plan/model.ts';

/**
 * Runs `use` with a superuser's session that has the restore's settings. When the signal aborts, the connection is cut, and
 * the promise rejects with the signal's reason.
 * @throws CONNECTION_FAILED
 */
export async function withRestoreSession<T>(
  endpoint: PgEndpoint,
  settings: readonly PgSetting[],
  signal: AbortSignal,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await connect(endpoint, 'restore', { signal });
  const cut = (): void => void closeQuietly(client);
  signal.addEventListener('abort', cut, { once: true });
  try {
    signal.throwIfAborted();
    await applySettings(client, settings);
    return await use(client);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', cut);
    await closeQuietly(client);
  }
}

/** Settings of the server that a session may set, as the server knows them; the others belong to its start. */
export async function sessionSettings(
  client: pg.Client,
  settings: readonly PgSetting[],
): Promise<PgSetting[]> {
  const { rows } = await client.query<PgSetting>(
    `select s.name, asked.value from unnest($1::text[], $2::text[]) as asked (name, value)
       join pg_catalog.pg_settings as s on lower(s.name) = lower(asked.name)
      where s.context in ('user', 'superuser')`,
    [settings.map(({ name }) => name), settings.map(({ value }) => value)],
  );
  return rows;
}

/** Own settings on top: messages in English, because some are told apart by their words. */
export async function applySettings(client: pg.Client, settings: readonly PgSetting[]): Promise<void> {
  const own = [...settings, { name: 'lc_messages', value: 'C' }];
  for (const { name, value } of await sessionSettings(client, own)) {
    await client.query('select pg_catalog.set_config($1, $2, false)', [name, value]);
  }
  // A server that is busy with one long statement notices that nobody waits for it any more (PostgreSQL 14, not on Windows).
  await client.query("set client_connection_check_interval = '1s'").catch(() => undefined);
}
