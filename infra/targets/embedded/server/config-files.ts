import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cell } from '../cell/cell.ts';
import type { Programs } from '../programs/prepare-programs.ts';
import type { RunDir } from '../run-dir.ts';

const MAIN = 'postgresql.conf';
const MODE = 'rehearsal.conf';
const INCLUDE = `\ninclude = '${MODE}'\n`;
const OTHERS = ['pg_hba.conf', 'pg_ident.conf'];

/** The server's user may read in it, and only the caller write. May be called again. */
export async function makeConfigFolder({ config }: RunDir, cell: Cell): Promise<void> {
  await mkdir(config, { recursive: true, mode: 0o750 });
  await giveToRead(cell, config);
}

/**
 * Moves what initdb wrote out of the data folder, where the SQL under rehearsal could exchange it later. Until the server has
 * started nobody else has been there.
 */
export async function makeConfig({ dir, cell }: Programs): Promise<void> {
  for (const name of [MAIN, ...OTHERS]) {
    const text = await readFile(join(dir.data, name), 'utf8');
    await write(dir, cell, name, name === MAIN ? text + INCLUDE : text);
  }
}

/** What initdb wrote, again in the data folder of a stopped server: the SQL that was restored there may have written something else. */
export async function putConfigBack({ dir, cell }: Programs): Promise<void> {
  for (const name of [MAIN, ...OTHERS]) {
    const text = await readFile(join(dir.config, name), 'utf8');
    const path = join(dir.data, name);
    await rm(path, { force: true });
    await writeFile(path, name === MAIN ? text.replace(INCLUDE, '') : text, { mode: 0o600, flag: 'wx' });
    if (cell.user) await chown(path, cell.user.uid, cell.user.gid);
  }
}

/** The settings of a mode, which the server reads at its next start. */
export async function writeSettings({ dir, cell }: Programs, text: string): Promise<void> {
  await write(dir, cell, MODE, text);
}

/** On the command line, so that no ALTER SYSTEM overrules it at the next start. */
export function configArguments({ config }: RunDir): string[] {
  const [hba = '', ident = ''] = OTHERS.map((name) => join(config, name));
  const files = { config_file: join(config, MAIN), hba_file: hba, ident_file: ident };
  return Object.entries(files).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function write({ config }: RunDir, cell: Cell, name: string, text: string): Promise<void> {
  const path = join(config, name);
  await writeFile(path, text, { mode: 0o640 });
  await giveToRead(cell, path);
}

async function giveToRead({ user }: Cell, path: string): Promise<void> {
  if (user) await chown(path, process.getuid?.() ?? 0, user.gid);
}
