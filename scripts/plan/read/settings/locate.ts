import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { RehearsalError } from '../../../shared/errors.ts';
import { projectRoot, REHEARSALS_FOLDER } from '../../../shared/places/user-project.ts';
import { didYouMean } from '../../schema/did-you-mean.ts';

export const REHEARSAL_FILE = 'rehearsal.yaml';

/**
 * Finds a rehearsal by its folder, its YAML file or its bare name under the nearest `rehearsals/` upwards.
 * @returns absolute paths
 * @throws REHEARSAL_NOT_FOUND
 */
export function locateRehearsal(asked: string, cwd: string): { dir: string; file: string } {
  const path = resolve(cwd, asked);
  if (isFile(path) && /\.ya?ml$/.test(path)) return { dir: dirname(path), file: path };
  const bare = basename(asked) === asked ? [join(rehearsalsFolder(cwd), asked)] : [];
  for (const dir of [path, ...bare]) {
    const file = join(dir, REHEARSAL_FILE);
    if (isFile(file)) return { dir, file };
  }
  const what = existsSync(path) ? whatIsThere(path, asked) : `there is no rehearsal ${asked}`;
  throw new RehearsalError('REHEARSAL_NOT_FOUND', what, { hint: hintFor(asked, cwd) });
}

function whatIsThere(path: string, asked: string): string {
  const hasOne = existsSync(join(path, REHEARSAL_FILE));
  return hasOne ? `${join(asked, REHEARSAL_FILE)} is not a file` : `${asked} has no ${REHEARSAL_FILE}`;
}

/** The `rehearsals/` that a folder is in or below of, whether it is there or not. */
function rehearsalsFolder(cwd: string): string {
  return join(projectRoot(resolve(cwd)), REHEARSALS_FOLDER);
}

/** The rehearsals of the project that a folder is in. Absolute paths, sorted. */
export function rehearsalsNear(cwd: string): string[] {
  return rehearsalsIn(rehearsalsFolder(cwd));
}

/** The rehearsals that lie in a folder which is none itself; empty where there are none. Absolute paths, sorted. */
export function rehearsalsIn(folder: string): string[] {
  if (isFile(join(folder, REHEARSAL_FILE)) || !isFolder(folder)) return [];
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((dir) => isFile(join(dir, REHEARSAL_FILE)))
    .sort();
}

function hintFor(asked: string, cwd: string): string {
  const near = rehearsalsNear(cwd);
  if (near.length === 0) return 'rehearse init <name> makes a rehearsal to start from';
  const list = near.map((dir) => relative(cwd, dir)).join(', ');
  const names = near.map((dir) => basename(dir));
  return `rehearsals here: ${list}${didYouMean(basename(asked), names)}`;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
