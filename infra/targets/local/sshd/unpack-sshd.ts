import { cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa, type Result } from 'execa';
import { newRunId } from '../../../../scripts/artifacts/run-id.ts';
import { withoutForeign } from '../../../../scripts/shared/descriptors.ts';
import { asError } from '../../../../scripts/shared/errors.ts';
import { makeRunDir } from '../../embedded/make-run-dir.ts';
import { removeRunDir } from '../../embedded/remove-run-dir.ts';
import { runDirOf } from '../../embedded/run-dir.ts';
import { runAsRoot } from '../privileged.ts';

const DOWNLOAD_MS = 180_000;
const UNPACK_MS = 30_000;
/** Whatever is there of the work folder after this time belongs to nobody any more. */
const WORK_MS = 30 * 60_000;
/** What of the package a host needs; sshd of OpenSSH 9.8 and later starts helpers from usr/lib. */
const WANTED = ['usr/sbin', 'usr/lib', 'lib'];
const UNWANTED = /\/systemd(\/|$)/;

interface Options {
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Unpacks Debian's openssh-server, and the libraries of its packages that are not installed here, into
 * `<cache>/sshd-<version>`. Returns why it could not, as half a sentence.
 * @throws the signal's reason
 */
export async function unpackSshd(
  cache: string,
  missingLibraries: (root: string) => Promise<string[]>,
  options: Options,
): Promise<string | undefined> {
  const dir = runDirOf(newRunId('setup'));
  // With a claim, so that reap finds what a killed set-up leaves.
  await makeRunDir(dir, { runId: dir.runId, expiresAt: new Date(Date.now() + WORK_MS).toISOString() });
  try {
    const work = dir.scratch;
    await mkdir(work);
    const deb = await download('openssh-server', work, options);
    const root = join(work, 'root');
    await unpack(deb, root, options);
    for (const name of (await missingLibraries(root)).length === 0
      ? []
      : await absentLibraries(deb, options)) {
      await unpack(await download(name, work, options), root, options);
    }
    const missing = await missingLibraries(root);
    if (missing.length > 0) return `Debian's package lacks ${missing.join(', ')} here`;
    const version = (await run('dpkg-deb', ['-f', deb, 'Version'], options)).stdout.replaceAll(
      /[^\w.+~-]/g,
      '-',
    );
    await mkdir(cache, { recursive: true });
    // As a whole or not at all; whoever comes second finds it there.
    await rename(root, join(cache, `sshd-${version}`)).catch(async (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') return;
      await copyAsWhole(root, cache, `sshd-${version}`);
    });
    return undefined;
  } catch (error) {
    options.signal.throwIfAborted();
    return `Debian's package cannot be had (${asError(error).message.split('\n')[0] ?? ''})`;
  } finally {
    await removeRunDir(dir);
  }
}

async function copyAsWhole(root: string, cache: string, name: string): Promise<void> {
  const near = await mkdtemp(join(cache, '.sshd-'));
  try {
    await cp(root, join(near, name), { recursive: true, verbatimSymlinks: true });
    await rename(join(near, name), join(cache, name)).catch(() => undefined);
  } finally {
    await rm(near, { recursive: true, force: true });
  }
}

/** Path of the downloaded file. The package lists are only fetched where the download fails without. */
async function download(name: string, work: string, options: Options): Promise<string> {
  const dir = await mkdtemp(join(work, 'deb-'));
  const args = ['-o', 'APT::Sandbox::User=root', '-qq', 'download', name];
  options.log(`downloading Debian's package ${name} (it is unpacked into the cache, not installed)`);
  try {
    await run('apt-get', args, { ...options, cwd: dir });
  } catch {
    options.signal.throwIfAborted();
    options.log('refreshing the package lists');
    await runAsRoot('apt-get -qq update', { timeoutMs: DOWNLOAD_MS, signal: options.signal });
    await run('apt-get', args, { ...options, cwd: dir });
  }
  const [file] = await readdir(dir);
  if (file === undefined) throw new Error(`apt-get downloaded nothing for ${name}`);
  return join(dir, file);
}

/** /lib is a link to usr/lib on any system that this is for, so both go to usr/lib. */
async function unpack(deb: string, root: string, options: Options): Promise<void> {
  const all = await mkdtemp(join(deb, '../all-'));
  await run('dpkg-deb', ['-x', deb, all], options);
  for (const part of WANTED) {
    const to = join(root, part === 'lib' ? 'usr/lib' : part);
    await mkdir(to, { recursive: true });
    await cp(join(all, part), to, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !UNWANTED.test(path),
    }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    });
  }
}

/** Libraries that the package depends on and that are not installed. */
async function absentLibraries(deb: string, options: Options): Promise<string[]> {
  const { stdout } = await run('dpkg-deb', ['-f', deb, 'Depends'], options);
  const names = stdout.split(',').map((entry) => entry.trim().split(/[ |:(]/)[0] ?? '');
  const absent: string[] = [];
  for (const name of names.filter((candidate) => candidate.startsWith('lib'))) {
    const query = await execa('dpkg-query', ['-W', '-f=${Status}', name], {
      reject: false,
      timeout: 10_000,
      stdio: withoutForeign('ignore', 'pipe', 'pipe'),
    });
    if (!query.stdout.endsWith(' installed')) absent.push(name);
  }
  return absent;
}

async function run(
  program: string,
  args: readonly string[],
  { signal, cwd }: { signal: AbortSignal; cwd?: string },
): Promise<Result & { stdout: string }> {
  const timeout = program === 'apt-get' ? DOWNLOAD_MS : UNPACK_MS;
  return execa(program, args, {
    timeout,
    cancelSignal: signal,
    stdio: withoutForeign('ignore', 'pipe', 'pipe'),
    ...(cwd === undefined ? {} : { cwd }),
  });
}
