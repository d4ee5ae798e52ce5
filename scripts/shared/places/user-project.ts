import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { IS_PACKAGE } from './own-files.mjs';

export const REHEARSALS_FOLDER = 'rehearsals';

/**
 * The folder that the user's rehearsals belong to: the nearest one upwards that has `rehearsals/`, no further than their
 * repository reaches; the caller's own where there is none.
 * @param cwd absolute
 */
export function projectRoot(cwd: string): string {
  for (let folder = cwd, last = ''; folder !== last; last = folder, folder = dirname(folder)) {
    if (existsSync(join(folder, REHEARSALS_FOLDER))) return folder;
    if (existsSync(join(folder, '.git'))) break;
  }
  return cwd;
}

/**
 * The root of the git repository that a folder lies in; undefined where it is in none.
 * @param folder absolute
 */
export function repositoryOf(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** Where `rehearsals/` is or will be that a new one goes into; whoever works in a checkout says where by their own folder. */
export function rootOfNew(cwd: string): string {
  return IS_PACKAGE ? projectRoot(resolve(cwd)) : cwd;
}

/**
 * Where run folders go when nobody says: beside the rehearsals, in a folder that git passes over. Whoever works in a checkout
 * of this program has them in `runs/` of the folder they are in.
 * @returns a path as the caller would write it, from `cwd`
 */
export function defaultRuns(cwd: string): string {
  return runsOf(cwd, IS_PACKAGE);
}

export function runsOf(cwd: string, isPackage: boolean): string {
  if (!isPackage) return 'runs';
  return relative(cwd, join(projectRoot(resolve(cwd)), PRIVATE_FOLDER, 'runs'));
}

/** What the program keeps in the user's project; nothing of it belongs into their repository. */
export const PRIVATE_FOLDER = '.rehearse';
