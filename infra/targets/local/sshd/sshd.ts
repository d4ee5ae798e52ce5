import { access, constants, readdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { RehearsalError } from '../../../../scripts/shared/errors.ts';
import type { Value } from '../privileged.ts';
import { unpackSshd } from './unpack-sshd.ts';
import { withoutForeign } from '../../../../scripts/shared/descriptors.ts';

/** An OpenSSH server that hosts can run. */
export interface Sshd {
  /** Of the program on this machine. */
  readonly path: string;
  readonly origin: 'system' | 'cache';
}

export interface SshdMissing {
  readonly missing: string;
  readonly remedy: string;
}

const SYSTEM_PATHS = [
  '/usr/sbin/sshd',
  '/usr/local/sbin/sshd',
  '/usr/bin/sshd',
  '/run/current-system/sw/bin/sshd',
];
const IN_CACHE = 'usr/sbin/sshd';
const REMEDY = 'npm run setup, or install the package openssh-server';

/** Looks only: on this machine, else in the user's cache. */
export async function findSshd(): Promise<Sshd | SshdMissing> {
  for (const path of SYSTEM_PATHS) {
    if (await mayRun(path)) return { path: await realpath(path), origin: 'system' };
  }
  const cache = sshdCacheDir();
  const kept = (await readdir(cache).catch(() => []))
    .filter((name) => name.startsWith('sshd-'))
    .sort()
    .reverse();
  for (const name of kept) {
    const root = join(cache, name);
    if ((await missingLibraries(root)).length === 0) return { path: join(root, IN_CACHE), origin: 'cache' };
  }
  return { missing: 'there is no OpenSSH server (sshd)', remedy: REMEDY };
}

/**
 * The same, and where there is none, Debian's package is unpacked into the user's cache without being installed.
 * @throws the signal's reason
 */
export async function ensureSshd(options: {
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}): Promise<Sshd | SshdMissing> {
  const found = await findSshd();
  if ('path' in found) return found;
  const problem = await unpackSshd(sshdCacheDir(), missingLibraries, options);
  if (problem === undefined) return findSshd();
  return { missing: `${found.missing}, and ${problem}`, remedy: 'install the package openssh-server' };
}

/** @throws TARGET_UNAVAILABLE */
export async function requireSshd(): Promise<Sshd> {
  const found = await findSshd();
  if ('path' in found) return found;
  throw new RehearsalError('TARGET_UNAVAILABLE', found.missing, { hint: found.remedy });
}

/** The server as variables of init: its path in the host, and the folder to copy there first. */
export function sshdVariables({ path, origin }: Sshd): Record<string, Value> {
  if (origin === 'system') return { SSHD: path, SSHD_FILES: '' };
  return { SSHD: `/${IN_CACHE}`, SSHD_FILES: path.slice(0, -IN_CACHE.length - 1) };
}

/** Names of libraries that an unpacked sshd would not find here; a wrong program lacks itself. */
async function missingLibraries(root: string): Promise<string[]> {
  const libraries = (await readdir(join(root, 'usr/lib')).catch(() => [])).map((name) =>
    join(root, 'usr/lib', name),
  );
  const { stdout, exitCode } = await execa('ldd', [join(root, IN_CACHE)], {
    env: { LD_LIBRARY_PATH: libraries.join(':'), LC_ALL: 'C' },
    reject: false,
    timeout: 10_000,
    stdio: withoutForeign('ignore', 'pipe', 'pipe'),
  });
  if (exitCode !== 0) return ['sshd'];
  return [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map(([, name = '']) => name);
}

function sshdCacheDir(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'dress-rehearsal');
}

async function mayRun(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
