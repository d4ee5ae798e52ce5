import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** Where the programs of OpenSSH's server are. */
export interface SshdPrograms {
  readonly sshd: string;
  readonly sftpServer: string;
  /** Options without which an sshd outside its usual place does not find its other half (OpenSSH 9.8 and later). */
  readonly options: readonly string[];
  readonly libraryPath: string | undefined;
}

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/test-sshd');
const PACKAGES = ['openssh-server', 'openssh-sftp-server', 'libwrap0', 'libwtmpdb0'];
const DOWNLOAD_MS = 60_000;

/** The machine's own sshd, else the one of Debian's packages, unpacked and not installed; undefined where there is none. */
export async function sshdPrograms(): Promise<SshdPrograms | undefined> {
  const own = programsIn('/', undefined);
  if (own) return own;
  const unpacked = join(CACHE, 'root');
  if (!existsSync(unpacked)) await unpackPackages(unpacked).catch(() => undefined);
  const libraries = existsSync(unpacked) ? await libraryFolder(unpacked) : undefined;
  return programsIn(unpacked, libraries);
}

function programsIn(root: string, libraryPath: string | undefined): SshdPrograms | undefined {
  const sshd = join(root, 'usr/sbin/sshd');
  const openssh = join(root, 'usr/lib/openssh');
  const sftpServer = [join(openssh, 'sftp-server'), join(root, 'usr/libexec/sftp-server')].find(existsSync);
  if (!existsSync(sshd) || sftpServer === undefined) return undefined;
  const halves = [
    ['SshdSessionPath', join(openssh, 'sshd-session')],
    ['SshdAuthPath', join(openssh, 'sshd-auth')],
  ] as const;
  const options = halves.filter(([, path]) => existsSync(path)).map(([name, path]) => `${name} ${path}`);
  return { sshd, sftpServer, options: root === '/' ? [] : options, libraryPath };
}

async function unpackPackages(to: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'unpacking-'));
  const run = { cwd: folder, timeout: DOWNLOAD_MS, reject: false } as const;
  try {
    // One at a time: not every release has all of them.
    for (const name of PACKAGES) await execa('apt-get', ['download', name], run);
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.deb'))) {
      await execa('dpkg-deb', ['-x', file, 'root'], { ...run, reject: true });
    }
    await rename(join(folder, 'root'), to);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function libraryFolder(root: string): Promise<string | undefined> {
  const names = await readdir(join(root, 'usr/lib')).catch((): string[] => []);
  const triplet = names.find((name) => name.endsWith('-linux-gnu') || name.includes('-linux-gnu'));
  return triplet === undefined ? undefined : join(root, 'usr/lib', triplet);
}
