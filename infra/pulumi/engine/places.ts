import { access, constants, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { OWN_ROOT } from '../../../scripts/shared/places/own-files.mjs';

/** Environment variables, as in `process.env`. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Answers for the plugin `command` where the official one cannot be had. */
export const STAND_IN_DIR = join(OWN_ROOT, 'infra/command-plugin');

/** Of the user, shared by all checkouts; engines live in `engine` below it, one folder a version. */
export function cacheDir(env: Env): string {
  const xdg = env['XDG_CACHE_HOME'];
  // The specification says that a relative path is to be ignored.
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homeDir(env), '.cache');
  return join(base, 'dress-rehearsal');
}

export function homeDir(env: Env): string {
  const home = env['HOME'];
  return home !== undefined && home !== '' ? home : homedir();
}

/** `pulumi` as a file: with `.exe` on Windows. */
export function fileOf(program: string): string {
  return process.platform === 'win32' ? `${program}.exe` : program;
}

/** Every program of that name on PATH, first come first. */
export async function allOnPath(program: string, env: Env): Promise<string[]> {
  const found: string[] = [];
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const path = join(resolve(folder), fileOf(program));
    if (folder !== '' && !found.includes(path) && (await isExecutable(path))) found.push(path);
  }
  return found;
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Without symbolic links; the path itself where nothing is there. */
export async function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
