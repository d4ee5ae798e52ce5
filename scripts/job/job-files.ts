import { commandsOf } from '../plan/command-network.ts';
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { isDotenv } from '../commands/dotenv-files.ts';
import type { Rehearsal } from '../plan/model.ts';
import { isInside } from '../shared/files/is-inside.ts';

/** Output of ours and of package managers, history, and secrets: what the driver is to have of `.env` stands in job.json. */
const LEFT_AT_HOME = ['node_modules', '.git', '.rehearse'];
const RUNS = 'runs';

/**
 * Where the rehearsal's files lie in the job folder. Files beside its folder take part as well (`../shared/generate.sql`), so
 * the tree begins at the deepest folder that holds them all, and every relative path means there what it means here.
 */
export class RehearsalTree {
  readonly #root: string;

  constructor({ dir, files, load }: Rehearsal) {
    const paths = [...files.map((file) => join(dir, file)), ...load.versions.map((version) => version.dir)];
    this.#root = paths.reduce((root, path) => commonFolder(root, path), dir);
  }

  /** Path in the job folder of an absolute path of this machine, with forward slashes. */
  placeOf(path: string): string {
    return ['rehearsal', ...relative(this.#root, path).split(sep)].filter((part) => part !== '').join('/');
  }
}

function commonFolder(folder: string, path: string): string {
  let common = folder;
  while (!isInside(common, path) && dirname(common) !== common) common = dirname(common);
  return common;
}

/** Programs of the author's run in the rehearsal's folder and may read anything there; everything else names its files. */
export function needsWholeFolder(rehearsal: Rehearsal): boolean {
  return commandsOf(rehearsal).length > 0;
}

/** Absolute paths of the files of a rehearsal's folder that a program of its author's may need. */
export async function filesOfFolder(dir: string): Promise<string[]> {
  const top = (await readdir(dir)).filter((name) => name !== RUNS && !staysAtHome(name));
  const above = [await realpath(dir)];
  return (await Promise.all(top.map((name) => filesBelow(join(dir, name), above)))).flat();
}

/**
 * A file by itself, a folder as all that is in it; links are followed, but not back into a folder that they lie in. Devices and
 * sockets are left out.
 */
export async function filesBelow(path: string, above: readonly string[] = []): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return [path];
  if (!found?.isDirectory()) return [];
  const real = await realpath(path);
  if (above.includes(real)) return [];
  const names = (await readdir(path)).filter((name) => !staysAtHome(name));
  return (await Promise.all(names.map((name) => filesBelow(join(path, name), [...above, real])))).flat();
}

function staysAtHome(name: string): boolean {
  return LEFT_AT_HOME.includes(name) || isDotenv(name);
}
