import type { EnvironmentRecord } from '../artifacts/records/records.ts';
import { withConnection, type PgClient } from '../pg/client.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import type { PgSetting } from '../plan/model.ts';
import { RehearsalError } from '../shared/errors.ts';
import type { RoleFacts } from './roles/require-roles.ts';

/** Shown in every report: what decides about durability, memory and waiting. */
const ALWAYS_SHOWN = [
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'shared_buffers',
  'max_wal_size',
  'autovacuum',
  'lock_timeout',
  'deadlock_timeout',
  'TimeZone',
];

export interface ServerFacts {
  /** `18.4` */
  readonly postgresVersion: string;
  readonly settings: EnvironmentRecord['settings'];
  /** Those that the rehearsal connects as. */
  readonly roles: readonly RoleFacts[];
}

/**
 * Reads back the settings under which the plan will run.
 * @throws POSTGRES_START_FAILED where the server does not have what the rehearsal asked for
 */
export async function readSettings(
  endpoint: PgEndpoint,
  asked: readonly PgSetting[],
): Promise<Omit<ServerFacts, 'roles'>> {
  // As the app will find them: the tool's own sessions live under none of them.
  return withConnection(endpoint, 'compatibility', async (client) => {
    const names = [...new Set([...asked.map(({ name }) => name), ...ALWAYS_SHOWN])];
    const settings = [];
    for (const name of names) {
      const wanted = asked.find((setting) => setting.name === name)?.value ?? null;
      settings.push({ name, asked: wanted, shown: await show(client, name, wanted) });
    }
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return { postgresVersion: (rows[0]?.server_version ?? '').split(' ')[0] ?? '', settings };
  });
}

async function show(client: PgClient, name: string, asked: string | null): Promise<string> {
  const { rows } = await client.query<{ shown: string; source: string | null }>(
    `select current_setting($1) as shown, (select source from pg_settings where lower(name) = lower($1)) as source`,
    [name],
  );
  const { shown = '', source = null } = rows[0] ?? {};
  // A setting that equals its default may be reported with source `default`; anything else must come from our file.
  if (
    asked !== null &&
    source !== null &&
    !['configuration file', 'default', 'command line'].includes(source)
  ) {
    throw new RehearsalError(
      'POSTGRES_START_FAILED',
      `postgres.settings asks for ${name} = ${asked}, but SHOW says ${shown} (from ${source})`,
      { hint: `leave ${name} out of postgres.settings, or remove what overrides it` },
    );
  }
  return shown;
}
