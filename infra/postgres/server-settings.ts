import { isOwnedSetting } from '../../scripts/plan/owned-settings.ts';
import type { PgSetting } from '../../scripts/plan/model.ts';
import type { ServerMode } from '../contract/target.ts';
import { LOOPBACK } from './names.ts';

/** What would stop a restore half-way, or cannot stand beside `wal_level = minimal`. */
const NOT_WHILE_RESTORING = [
  'archive_mode',
  'summarize_wal',
  'synchronous_standby_names',
  'default_transaction_read_only',
  'statement_timeout',
  'lock_timeout',
  'transaction_timeout',
  'idle_in_transaction_session_timeout',
];

const PRELOAD = 'shared_preload_libraries';
const STATISTICS = 'pg_stat_statements';

export interface Machine {
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly freeDiskBytes: number;
}

/** Fast and not durable: what a server may be while data is only being loaded. */
export function restoreSettings(major: number, machine: Machine): PgSetting[] {
  const megabytes = (bytes: number): string => `${Math.floor(bytes / 1024 ** 2)}MB`;
  const walBytes = Math.min(Math.max(machine.freeDiskBytes / 8, 1024 ** 3), 16 * 1024 ** 3);
  return [
    { name: 'fsync', value: 'off' },
    { name: 'synchronous_commit', value: 'off' },
    { name: 'full_page_writes', value: 'off' },
    { name: 'wal_level', value: 'minimal' },
    { name: 'max_wal_senders', value: '0' },
    { name: 'max_wal_size', value: megabytes(walBytes) },
    { name: 'checkpoint_timeout', value: '1h' },
    { name: 'autovacuum', value: 'off' },
    { name: 'maintenance_work_mem', value: megabytes(Math.min(512 * 1024 ** 2, machine.memoryBytes / 4)) },
    // Parallel index builds came with 11.
    ...(major < 11 ? [] : [{ name: 'max_parallel_maintenance_workers', value: String(machine.cpus) }]),
  ];
}

export interface ServerConfig {
  readonly port: number;
  /** `postgres.settings`. */
  readonly asked: readonly PgSetting[];
  /** How many connections the run may open at a time. */
  readonly connections: number;
  readonly restore: readonly PgSetting[];
}

/** The file that the server includes; of two lines for one setting the later one counts. */
export function configText(mode: ServerMode, { asked, connections, restore }: ServerConfig): string {
  const applied = withStatistics(applicable(asked, mode, restore));
  const names = applied.map(({ name }) => name.toLowerCase());
  const settings = [
    ...(names.includes('max_connections') ? [] : [{ name: 'max_connections', value: String(connections) }]),
    ...applied,
    ...(mode === 'restore' ? restore : []),
  ];
  return settings.map(({ name, value }) => `${name} = ${quote(value)}\n`).join('');
}

/** On the command line, so that no ALTER SYSTEM moves the server at its next start. @param socketDir as the server sees it */
export function ownArguments({ port }: ServerConfig, socketDir = ''): string[] {
  const own = {
    listen_addresses: LOOPBACK,
    port,
    unix_socket_directories: socketDir,
    logging_collector: 'off',
    log_destination: 'stderr',
  };
  return Object.entries(own).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Names under `postgres.settings` that the environment decides by itself. */
export function refusedSettings(asked: readonly PgSetting[]): string[] {
  return asked.map(({ name }) => name).filter(isOwnedSetting);
}

function applicable(
  asked: readonly PgSetting[],
  mode: ServerMode,
  restore: readonly PgSetting[],
): readonly PgSetting[] {
  const left = mode === 'restore' ? [...NOT_WHILE_RESTORING, ...restore.map(({ name }) => name)] : [];
  return asked.filter(({ name }) => !isOwnedSetting(name) && !left.includes(name.toLowerCase()));
}

/** The author's libraries stay in front; pg_stat_statements counts only when it is loaded at the start. */
function withStatistics(settings: readonly PgSetting[]): PgSetting[] {
  const isPreload = ({ name }: PgSetting): boolean => name.toLowerCase() === PRELOAD;
  const libraries = (settings.findLast(isPreload)?.value ?? '')
    .split(',')
    .map((library) => library.trim())
    .filter((library) => library !== '');
  const loaded = libraries.some((library) => library.replaceAll('"', '').endsWith(STATISTICS));
  const value = [...libraries, ...(loaded ? [] : [STATISTICS])].join(', ');
  return [...settings.filter((setting) => !isPreload(setting)), { name: PRELOAD, value }];
}

/** Quoting of postgresql.conf: backslashes are escapes there, and a line cannot be continued. */
function quote(value: string): string {
  const escaped = value.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\n', '\\n');
  return `'${escaped.replaceAll('\r', '\\r')}'`;
}
