import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disarmed } from '../../artifacts/records/records.ts';

/** What a server needs of its data folder; all else at its top is configuration, keys, logs or somebody's own. */
const FOLDERS = [
  'base',
  'global',
  'pg_commit_ts',
  'pg_dynshmem',
  'pg_logical',
  'pg_logical/mappings',
  'pg_logical/snapshots',
  'pg_multixact',
  'pg_multixact/members',
  'pg_multixact/offsets',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_tblspc',
  'pg_twophase',
  'pg_wal',
  'pg_wal/archive_status',
  'pg_xact',
];
const FILES = ['PG_VERSION', 'backup_label'];
/** Made anew, or done with; no word for the report. */
const OF_THE_COPY = ['backup_manifest', 'tablespace_map', 'postmaster.pid', 'postmaster.opts'];
const CONFIGURATION = ['postgresql.conf', 'postgresql.auto.conf', 'recovery.conf'];
/** Settings by which a server reaches, or is reached by, what is outside of it; or that run or load what the copy brings. */
const REACHING =
  /^(?:archive_(?:command|library|mode|cleanup_command)|recovery_end_command|restore_command|primary_(?:conninfo|slot_name)|promote_trigger_file|synchronous_standby_names|synchronized_standby_slots|sync_replication_slots|(?:shared|session|local)_preload_libraries|dynamic_library_path|jit_provider|ssl\w*|krb_server_keyfile|listen_addresses|port|unix_socket_\w+|log_destination|log_directory|log_filename|logging_collector|syslog_\w+|event_source|include\w*|data_directory|hba_file|ident_file|external_pid_file|config_file|cron\.\w+|pg_net\.\w+|pglogical\.\w+|oauth_validator_libraries|bonjour\w*)$/;
const LINE = /^\s*([A-Za-z_][\w.]*)\s*(?:=|\s)/gm;

/**
 * Takes from a copied data folder whatever would reach production, or be reached, by a file: its whole configuration, who may come in,
 * recovery that asks others, replication slots, keys. What a server needs besides is made.
 */
export async function disarmFiles(dir: string): Promise<Disarmed[]> {
  const disarmed: Disarmed[] = [];
  const settings = new Set<string>();
  for (const name of CONFIGURATION)
    for (const setting of await settingsIn(join(dir, name)))
      if (REACHING.test(setting)) settings.add(setting);
  disarmed.push(...[...settings].sort().map((name) => ({ kind: 'setting' as const, name })));
  for (const name of (await readdir(dir)).sort()) {
    if (FILES.includes(name) || FOLDERS.includes(name)) continue;
    await rm(join(dir, name), { recursive: true, force: true });
    if (!OF_THE_COPY.includes(name)) disarmed.push({ kind: 'file', name });
  }
  const slots = join(dir, 'pg_replslot');
  for (const name of (await readdir(slots).catch(() => [])).sort()) {
    await rm(join(slots, name), { recursive: true, force: true });
    disarmed.push({ kind: 'replication slot', name });
  }
  // Segments that wait to be archived.
  await rm(join(dir, 'pg_wal', 'archive_status'), { recursive: true, force: true });
  for (const name of FOLDERS) await mkdir(join(dir, name), { recursive: true, mode: 0o700 });
  return disarmed;
}

/** Their names, in lower case; nothing of their values. */
async function settingsIn(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return [...text.matchAll(LINE)].map(([, name = '']) => name.toLowerCase());
}
