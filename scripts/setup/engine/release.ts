import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedFolder } from '../../../infra/pulumi/engine/cache.ts';
import type { Env } from '../../../infra/pulumi/engine/places.ts';
import { CLI_VERSION } from '../../../infra/pulumi/engine/versions.ts';
import { asError } from '../../shared/errors.ts';
import { runTool } from '../run-tool.ts';
import { task, type Log } from '../tasks.ts';
import { fetchFile, fetchText } from './fetch-file.ts';
import { intoCache } from './into-cache.ts';

/** Where the official release is published; the same files in both places. */
export const RELEASES = [
  'https://get.pulumi.com/releases/sdk',
  `https://github.com/pulumi/pulumi/releases/download/v${CLI_VERSION}`,
] as const;

const UNPACK_MS = 5 * 60_000;

interface DownloadOptions {
  readonly env: Env;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * Puts the CLI and the language host of the official release into the cache, checked against the release's list of sha256.
 * @returns undefined, or why it cannot be had
 * @throws the signal's reason, DISK_FULL
 */
export async function downloadRelease(
  places: readonly string[],
  options: DownloadOptions,
): Promise<string | undefined> {
  const archive = archiveName();
  if (archive === undefined)
    return `there is no release for ${process.platform} ${process.arch} to unpack here`;
  const reasons: string[] = [];
  for (const place of places) {
    const expected = await checksumAt(place, archive, options.signal).catch(asError);
    options.signal.throwIfAborted();
    if (expected instanceof Error) {
      reasons.push(expected.message);
      continue;
    }
    const reason = await fromPlace(`${place}/${archive}`, expected, options);
    if (reason === undefined) return undefined;
    options.log(`  ${reason}`);
    reasons.push(reason);
  }
  return reasons.join('; ');
}

/** `pulumi-v3.259.0-linux-x64.tar.gz`; undefined where none is made (Windows has a zip file). */
export function archiveName(): string | undefined {
  const isMade = ['linux', 'darwin'].includes(process.platform) && ['x64', 'arm64'].includes(process.arch);
  return isMade ? `pulumi-v${CLI_VERSION}-${process.platform}-${process.arch}.tar.gz` : undefined;
}

async function checksumAt(place: string, archive: string, signal: AbortSignal): Promise<string> {
  const list = await fetchText(`${place}/pulumi-${CLI_VERSION}-checksums.txt`, { signal });
  for (const line of list.split('\n')) {
    const [sum, name] = line.trim().split(/\s+\*?/);
    if (name === archive && sum !== undefined && /^[0-9a-f]{64}$/.test(sum)) return sum;
  }
  throw new Error(`${new URL(place).host}: the release's list of checksums does not name ${archive}`);
}

/** Why the archive could not be had from there; undefined when it is in the cache. */
async function fromPlace(
  url: string,
  expected: string,
  { env, signal, log }: DownloadOptions,
): Promise<string | undefined> {
  const entry = {
    version: CLI_VERSION,
    origin: 'download',
    programs: ['pulumi', 'pulumi-language-nodejs'],
  } as const;
  const work = (progress: (detail: string) => void): Promise<void> =>
    intoCache(cachedFolder('pulumi', CLI_VERSION, env), entry, async (folder) => {
      const file = join(folder, 'archive.tar.gz');
      const sum = await fetchFile(url, file, { signal, progress });
      if (sum !== expected) {
        throw new Error(`refused ${url}: its sha256 is ${sum}, the release's list says ${expected}`);
      }
      await unpack(file, folder, entry.programs, { env, signal });
      await rm(file);
    });
  try {
    await task(`downloading Pulumi ${CLI_VERSION} from ${new URL(url).host}`, log, work);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (asError(error).name === 'RehearsalError') throw error;
    return asError(error).message;
  }
}

async function unpack(
  file: string,
  folder: string,
  programs: readonly string[],
  { env, signal }: { readonly env: Env; readonly signal: AbortSignal },
): Promise<void> {
  const members = programs.map((program) => `pulumi/${program}`);
  const args = ['-xzf', file, '-C', join(folder, 'bin'), '--strip-components=1', ...members];
  const { ok, complaint } = await runTool('tar', args, { cwd: folder, env, signal, timeoutMs: UNPACK_MS });
  if (!ok) throw new Error(`tar cannot unpack the release: ${complaint}`);
}
