import { chown, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SUPERUSER } from '../../../postgres/names.ts';
import { runProgram } from '../../../postgres/run-program.ts';
import type { ServerUser } from '../cell/server-user.ts';
import type { Programs } from '../programs/prepare-programs.ts';
import { makeConfig, makeConfigFolder, writeSettings } from '../server/config-files.ts';

const SINGLE_USER_MS = 60_000;

/**
 * Sets the superuser's password in the data folder of a stopped server: a clone has that of the run that made its base, which nobody
 * knows any more.
 */
export async function setPassword(
  { binDir, dir, cell }: Programs,
  password: string,
  signal: AbortSignal,
): Promise<void> {
  const quoted = password.replaceAll("'", "''");
  const args = ['--single', '-D', dir.data, '-c', `config_file=${join(dir.config, 'postgresql.conf')}`];
  const quiet = ['-c', 'log_statement=none', '-c', 'log_min_duration_statement=-1', 'postgres'];
  const done = await runProgram(join(binDir, 'postgres'), [...args, ...quiet], {
    cell,
    cwd: dir.path,
    timeoutMs: SINGLE_USER_MS,
    signal,
    input: `alter role ${SUPERUSER} password '${quoted}'\n`,
  });
  if (!done.ok) throw new Error('the password of a cloned database cannot be set');
}

/** The configuration of a cloned data folder, as far as it is known before the first start. */
export async function makeConfigOf(programs: Programs): Promise<void> {
  await makeConfigFolder(programs.dir, programs.cell);
  await makeConfig(programs);
  await writeSettings(programs, ''); // its file is named by the configuration
}

export async function giveAll(user: ServerUser | undefined, dir: string): Promise<void> {
  if (!user) return;
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  await Promise.all(entries.map(({ parentPath, name }) => chown(join(parentPath, name), user.uid, user.gid)));
  await chown(dir, user.uid, user.gid);
}
