import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { childEnvironment } from '../../commands/child-environment.ts';
import type { PgEndpoint } from '../../pg/endpoint.ts';
import { learnNames } from '../../pg/messages/learn-names.ts';
import { registerNames, wordsOf } from '../../pg/messages/public-names.ts';
import { sqlstateOf } from '../../pg/pg-error.ts';
import type { PgSetting } from '../../plan/model.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { SqlRestore } from '../restore-sql.ts';
import { SqlPieces } from '../text/sql-pieces.ts';
import type { Disarming } from '../disarm/disarming.ts';
import { mayCallOut } from '../disarm/calling-out.ts';
import { makeHollowWrapper, missingWrappers } from '../disarm/hollow-wrappers.ts';
import { cutPart } from './archive-completeness.ts';
import { filterContents, isArmed, splitLate } from './archive-contents.ts';
import { makeRoles, namedRoles } from './archive-roles.ts';
import { readArchiveHeader } from './archive-files.ts';
import { majorOf } from './archive-header.ts';
import { choosePgRestore, installedPgRestores } from './find-pg-restore.ts';
import { PgRestoreOutput, truncatedArchive } from './pg-restore-output.ts';
import { defaultTablespace, labelProvider, RestoreGaps } from '../restore-gaps.ts';
import { sessionSettings, withRestoreSession } from '../restore-session.ts';
import type { ArchiveFormat } from '../snapshot-format.ts';
import { withoutForeign } from '../../shared/descriptors.ts';

interface ArchiveOptions {
  readonly path: string;
  readonly shown: string;
  readonly format: ArchiveFormat;
  readonly endpoint: PgEndpoint;
  readonly settings: readonly PgSetting[];
  readonly jobs: number;
  readonly scratchDir: string;
  readonly signal: AbortSignal;
  readonly onObject: (name: string) => void;
  readonly disarming: Disarming;
}

interface ServerFacts {
  readonly major: number;
  readonly extensions: ReadonlySet<string>;
  readonly tablespaces: ReadonlySet<string>;
  /** The restore's settings as libpq's PGOPTIONS. */
  readonly options: string;
}

/**
 * Restores an archive of pg_dump by pg_restore and returns what was left out, as sentences.
 * @throws SNAPSHOT_INVALID, RESTORE_FAILED, DISK_FULL, CONNECTION_FAILED
 */
export async function restoreArchive(options: ArchiveOptions): Promise<string[]> {
  const { path, shown, format, scratchDir, signal } = options;
  const header = await readArchiveHeader(path, format);
  if (!header) {
    throw new RehearsalError(
      'SNAPSHOT_INVALID',
      `${shown} begins like an archive of pg_dump, but its head cannot be read`,
    );
  }
  const cut = await cutPart(path, format);
  if (cut !== undefined) throw truncatedArchive(shown, cut);
  const server = await serverFacts(options);
  const program = choosePgRestore(
    await installedPgRestores(),
    majorOf(header.dumpVersion),
    server.major,
    shown,
  );
  const folder = await mkdtemp(join(scratchDir, 'restore-'));
  try {
    const gaps = new RestoreGaps();
    const work = { ...options, program: program.path, server, gaps };
    const { stdout } = await pgRestore(['--list', path], work);
    registerNames(wordsOf(stdout)); // the contents: names of objects and nothing else
    const { list, missingExtensions, keptExtensions } = filterContents(stdout, server.extensions);
    for (const name of missingExtensions) gaps.missingExtension(name);
    const listFile = join(folder, 'contents');
    await writeFile(listFile, list, { signal });
    const schema = ['--schema-only', '--file=-', `--use-list=${listFile}`, path];
    const { stdout: sql } = await pgRestore(schema, work);
    if (missingExtensions.length > 0) await makeHollowWrappers(sql, keptExtensions, work);
    const missing = tablespacesIn(sql).filter((name) => !server.tablespaces.has(name));
    for (const name of missing) gaps.missingTablespace(name);
    const unloaded = await unloadedProviders(labelProvidersIn(sql), options);
    for (const name of unloaded) gaps.missingLabelProvider(name);
    const without = [
      ...(await prepareRoles(sql, options, gaps)),
      ...(missing.length > 0 ? ['--no-tablespaces'] : []),
      ...(unloaded.length > 0 ? ['--no-security-labels'] : []),
    ];
    if (isArmed(list) || mayCallOut(sql)) return await restoreArmed({ list, listFile, without }, work);
    await pgRestore(restoreArguments(options, listFile, without), work);
    return gaps.warnings;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Contents {
  readonly list: string;
  readonly listFile: string;
  /** Options of pg_restore. */
  readonly without: readonly string[];
}

/** What can reach out is disarmed before any row comes; what would do so as soon as it is there comes statement by statement. */
async function restoreArmed({ list, listFile, without }: Contents, work: ArchiveWork): Promise<string[]> {
  const { endpoint, settings, signal, shown, onObject, disarming, gaps } = work;
  const { early, late, foreignRows } = splitLate(list);
  for (const table of foreignRows) disarming.leftOutRows(table.replace(' ', '.'));
  await writeFile(listFile, early, { signal });
  await pgRestore(restoreArguments(work, listFile, [...without, '--section=pre-data']), work);
  await withRestoreSession(endpoint, settings, signal, (client) => disarming.all(client));
  const rest = ['--section=data', '--section=post-data'];
  await pgRestore(restoreArguments(work, listFile, [...without, ...rest]), work);
  if (late === '') return gaps.warnings;
  await writeFile(listFile, `${late}\n`, { signal });
  const { stdout } = await pgRestore([...without, '--file=-', `--use-list=${listFile}`, work.path], work);
  const pieces = new SqlPieces(shown, { openEnd: false });
  const warnings = await withRestoreSession(endpoint, settings, signal, (client) =>
    new SqlRestore(client, { pieces, shown, settings, onObject, disarming }).run(oneText(stdout)),
  );
  return [...gaps.warnings, ...warnings];
}

async function* oneText(sql: string): AsyncGenerator<Buffer> {
  await Promise.resolve();
  yield Buffer.from(`${sql}\n`);
}

/** Those that something of the archive lies in. @param sql its schema, as pg_restore writes it */
function tablespacesIn(sql: string): string[] {
  const lines = sql.split('\n').filter((line) => line.startsWith('SET default_tablespace'));
  return [...new Set(lines.flatMap((line) => defaultTablespace(line) ?? []))];
}

/** Those whose labels the archive has. @param sql its schema, as pg_restore writes it */
function labelProvidersIn(sql: string): string[] {
  const lines = sql.split('\n').filter((line) => line.startsWith('SECURITY LABEL'));
  return [...new Set(lines.flatMap((line) => labelProvider(line) ?? []))];
}

/** No catalog tells which providers are loaded: a label that is taken away again is refused by its name (seclabel.c). */
async function unloadedProviders(
  providers: readonly string[],
  { endpoint, settings, signal }: ArchiveOptions,
): Promise<string[]> {
  if (providers.length === 0) return [];
  return withRestoreSession(endpoint, settings, signal, async (client) => {
    const unloaded: string[] = [];
    for (const provider of providers) {
      const label = `security label for ${client.escapeLiteral(provider)} on schema public is null`;
      await client.query(label).catch((error: unknown) => {
        if (sqlstateOf(error) !== '22023') throw error;
        unloaded.push(provider);
      });
    }
    return unloaded;
  });
}

async function makeHollowWrappers(
  sql: string,
  extensions: readonly string[],
  { endpoint, settings, signal, gaps }: ArchiveWork,
): Promise<void> {
  await withRestoreSession(endpoint, settings, signal, async (client) => {
    for (const name of await missingWrappers(client, sql, extensions)) {
      await makeHollowWrapper(client, name);
      gaps.hollowWrapper(name);
    }
  });
}

/** Makes the roles that the archive names. @returns what of them cannot be restored, as options of pg_restore */
async function prepareRoles(sql: string, options: ArchiveOptions, gaps: RestoreGaps): Promise<string[]> {
  const { endpoint, settings, signal } = options;
  const named = await namedRoles(sql);
  const { made, reserved } = await withRestoreSession(endpoint, settings, signal, (client) =>
    makeRoles(client, named),
  );
  for (const role of made) gaps.createdRole(role);
  for (const role of reserved) gaps.reservedRole(role);
  return reserved.length > 0 ? ['--no-privileges'] : [];
}

function restoreArguments(
  { format, jobs, endpoint, path }: ArchiveOptions,
  listFile: string,
  without: readonly string[],
): string[] {
  const parallel = format === 'tar' ? [] : [`--jobs=${Math.max(1, jobs)}`];
  const modes = [...without, '--exit-on-error', '--verbose'];
  return [...modes, ...parallel, `--use-list=${listFile}`, `--dbname=${endpoint.database}`, path];
}

/** Our own program need not take the way round by the port. */
function socketOf({ socketDir }: PgEndpoint): Record<string, string> {
  return socketDir === undefined ? {} : { PGHOST: socketDir };
}

interface ArchiveWork extends ArchiveOptions {
  /** Path of pg_restore. */
  readonly program: string;
  readonly server: ServerFacts;
  readonly gaps: RestoreGaps;
}

async function pgRestore(args: readonly string[], work: ArchiveWork): Promise<{ stdout: string }> {
  const { program, endpoint, settings, shown, signal, onObject, server, gaps } = work;
  const output = new PgRestoreOutput(onObject);
  const child = execa(program, args, {
    env: {
      ...childEnvironment({ ...endpoint, options: server.options }, 'restore', { inherited: process.env }),
      ...socketOf(endpoint),
      LC_ALL: 'C',
    },
    extendEnv: false,
    cancelSignal: signal,
    reject: false,
    stdio: withoutForeign('ignore', 'pipe', 'pipe'),
    buffer: { stdout: true, stderr: false },
  });
  for await (const line of child.iterable({ from: 'stderr' })) output.line(line);
  const { stdout, exitCode, failed } = await child;
  signal.throwIfAborted();
  if (failed) {
    // A check that a row did not pass stands in the catalog by now, and not in the archive's contents.
    await withRestoreSession(endpoint, settings, signal, learnNames).catch(() => undefined);
    throw output.failure(shown, exitCode, (message) => gaps.hintFor(message));
  }
  return { stdout };
}

async function serverFacts({ endpoint, settings, signal }: ArchiveOptions): Promise<ServerFacts> {
  return withRestoreSession(endpoint, settings, signal, async (client) => {
    const version = await client.query<{ major: number }>(
      "select current_setting('server_version_num')::int / 10000 as major",
    );
    const { rows } = await client.query<{ name: string }>(
      'select name from pg_catalog.pg_available_extensions',
    );
    const tablespaces = await client.query<{ name: string }>(
      'select spcname as name from pg_catalog.pg_tablespace',
    );
    const usable = await sessionSettings(client, [...settings, { name: 'lc_messages', value: 'C' }]);
    return {
      major: version.rows[0]?.major ?? 0,
      extensions: new Set(rows.map(({ name }) => name)),
      tablespaces: new Set(tablespaces.rows.map(({ name }) => name)),
      options: usable.map(({ name, value }) => `-c ${name}=${value.replace(/[\s\\]/g, '\\$&')}`).join(' '),
    };
  });
}
