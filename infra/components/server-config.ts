import type { PgSetting, PostgresSpec } from '../../scripts/plan/model.ts';
import { RehearsalError } from '../../scripts/shared/errors.ts';
import { formatBytes } from '../../scripts/shared/text/format.ts';
import { parseSizeBytes } from '../../scripts/shared/text/quantities.ts';
import { maxConnections } from '../postgres/connections.ts';
import { configText, restoreSettings } from '../postgres/server-settings.ts';
import type { Capacity } from '../contract/hosts.ts';

/** Where the server listens unless `postgres.port` names another one. */
export const POSTGRES_PORT = 5432;
const MB = 1024 ** 2;
/** Below it initdb or the first hundred connections are killed by the kernel. */
const LEAST_MEMORY_BYTES = 128 * MB;
/** With these the standby would have nothing to stream, or nobody could read it. */
const STANDBY_NEEDS = ['wal_level', 'max_wal_senders', 'max_replication_slots', 'hot_standby'];
/** Only a restart changes them, and only the driver could restart the server. */
const RESTART_ONLY = ['wal_level', 'max_wal_senders'];

/**
 * postgresql.conf of a server on a host of that size; addresses are added on the host.
 * @throws CONFIG_INVALID where the host's memory is too small
 */
export function serverConfig(
  spec: PostgresSpec,
  options: {
    readonly capacity: Capacity;
    readonly connections?: number | undefined;
    readonly statistics: boolean;
  },
): string {
  const { capacity, connections, statistics } = options;
  requireMemory(spec, capacity);
  const refused = standbyRefusals(spec);
  const asked = spec.settings.filter(({ name }) => !refused.includes(name.toLowerCase()));
  const text = configText('rehearse', {
    port: spec.port ?? POSTGRES_PORT,
    asked: [...sizes(capacity), ...REPLICATION, ...asked],
    restore: [],
    connections: maxConnections(connections),
  });
  if (statistics) return text;
  const libraries =
    asked.findLast(({ name }) => name.toLowerCase() === 'shared_preload_libraries')?.value ?? '';
  return `${text}shared_preload_libraries = '${libraries.replaceAll("'", "''")}'\n`;
}

/** Names under `postgres.settings` that cannot stand beside a standby. */
export function standbyRefusals({ settings, standby }: PostgresSpec): string[] {
  if (!standby) return [];
  return settings
    .filter(({ name, value }) => STANDBY_NEEDS.includes(name.toLowerCase()) && value !== 'logical')
    .map(({ name }) => name.toLowerCase());
}

/** What makes a restore fast and can be changed while the server runs. */
export function reloadableRestoreSettings(major: number, capacity: Capacity): PgSetting[] {
  const settings = restoreSettings(major, { ...capacity, freeDiskBytes: 0 });
  return settings.filter(({ name }) => !RESTART_ONLY.includes(name));
}

const REPLICATION: readonly PgSetting[] = [
  { name: 'wal_level', value: 'replica' },
  { name: 'max_wal_senders', value: '10' },
  { name: 'max_replication_slots', value: '10' },
  { name: 'hot_standby', value: 'on' },
  { name: 'log_line_prefix', value: '%m [%p] %q%a ' },
];

/** A quarter for the buffers as PostgreSQL's manual advises; it takes the machine's size from nobody but us. */
function sizes({ cpus, memoryBytes }: Capacity): PgSetting[] {
  const megabytes = (bytes: number): string => `${Math.floor(bytes / MB)}MB`;
  return [
    { name: 'shared_buffers', value: megabytes(memoryBytes / 4) },
    { name: 'effective_cache_size', value: megabytes((memoryBytes * 3) / 4) },
    { name: 'maintenance_work_mem', value: megabytes(Math.min(memoryBytes / 16, 1024 * MB)) },
    { name: 'max_parallel_workers', value: String(Math.max(1, Math.floor(cpus))) },
  ];
}

function requireMemory({ settings }: PostgresSpec, { memoryBytes }: Capacity): void {
  if (memoryBytes < LEAST_MEMORY_BYTES) {
    throw new RehearsalError(
      'CONFIG_INVALID',
      `a host with ${formatBytes(memoryBytes)} of memory is too small for PostgreSQL`,
      {
        hint: `give it at least ${formatBytes(LEAST_MEMORY_BYTES)} (hosts.primary.memory, hosts.standby.memory)`,
      },
    );
  }
  const asked = settings.findLast(({ name }) => name.toLowerCase() === 'shared_buffers')?.value ?? '';
  const buffersBytes = parseSizeBytes(asked) ?? 0;
  if (buffersBytes <= memoryBytes * 0.8) return;
  throw new RehearsalError(
    'CONFIG_INVALID',
    `shared_buffers = ${asked} does not fit into a host with ${formatBytes(memoryBytes)} of memory`,
    { hint: 'give the host more memory (hosts.primary.memory), or lower postgres.settings.shared_buffers' },
  );
}
