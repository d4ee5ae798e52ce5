import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { RehearsalError } from '../../shared/errors.ts';
import { majorOf } from './archive-header.ts';
import { isExecutable, pathFolders } from '../../shared/files/find-on-path.ts';
import { withoutForeign } from '../../shared/descriptors.ts';

/** Where Debian and Ubuntu keep each major version's programs. */
const DEBIAN_VERSIONS = '/usr/lib/postgresql';
const VERSION_TIMEOUT_MS = 10_000;

export interface PgRestore {
  readonly path: string;
  readonly major: number;
}

/** Every pg_restore of this machine, newest first. */
export function installedPgRestores(): Promise<PgRestore[]> {
  return installedClients('pg_restore');
}

/** Every program of that name of this machine, newest first. */
export async function installedClients(
  name: 'pg_restore' | 'pg_dump' | 'pg_basebackup',
): Promise<PgRestore[]> {
  const versions = await readdir(DEBIAN_VERSIONS).catch(() => []);
  const folders = [...versions.map((version) => join(DEBIAN_VERSIONS, version, 'bin')), ...pathFolders()];
  const found = await Promise.all(folders.map((folder) => clientIn(folder, name)));
  return found.filter((program) => program !== undefined).sort((a, b) => b.major - a.major);
}

async function clientIn(folder: string, name: string): Promise<PgRestore | undefined> {
  const path = join(folder, name);
  if (!(await isExecutable(path))) return undefined;
  const { stdout, failed } = await execa(path, ['--version'], {
    reject: false,
    timeout: VERSION_TIMEOUT_MS,
    stdio: withoutForeign('ignore', 'pipe', 'pipe'),
  });
  const version = /(\d+(?:\.\d+)?)/.exec(stdout)?.[1];
  return failed || version === undefined ? undefined : { path, major: majorOf(version) };
}

/**
 * The one to use for an archive that pg_dump `archiveMajor` wrote: never older than that, and rather not newer than the server,
 * as a newer one sends settings that an older server does not know.
 * @throws RESTORE_FAILED where there is none
 */
export function choosePgRestore(
  programs: readonly PgRestore[],
  archiveMajor: number,
  serverMajor: number,
  shown: string,
): PgRestore {
  const fitting = programs.filter(({ major }) => major >= archiveMajor);
  const chosen = fitting.find(({ major }) => major <= serverMajor) ?? fitting.at(-1);
  if (chosen) return chosen;
  const newest = programs[0];
  const here = newest ? `the newest pg_restore here is ${newest.major}` : 'no pg_restore is installed here';
  throw new RehearsalError(
    'RESTORE_FAILED',
    `${shown} is an archive of pg_dump ${archiveMajor}, and ${here}`,
    {
      hint: `apt-get install postgresql-client-${archiveMajor}, or take a plain dump, which needs no program: pg_dump --format=plain`,
    },
  );
}
