import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { asError, RehearsalError } from '../../scripts/shared/errors.ts';
import type { SteadyConnection } from '../ssh/steady-connection.ts';
import { downloadRest } from './transfer/download.ts';
import { insidePath } from './job-path.ts';
import { unpack } from './transfer/unpack.ts';

const ATTEMPTS = 2;

/** What done.json says of the job's archive; null where the driver could not make one. */
export interface ArchiveFacts {
  readonly archive: string | null;
  readonly sha256: string | null;
  readonly sizeBytes: number | null;
}

/**
 * Brings the job's archive into `toDir`, which must not be there or be empty: it appears with all its content at once.
 * @throws DRIVER_FAILED, HOST_UNREACHABLE, the signal's reason
 */
export async function collectArchive(
  steady: SteadyConnection,
  { dir, toDir, facts, signal }: { dir: string; toDir: string; facts: ArchiveFacts; signal: AbortSignal },
): Promise<void> {
  const { archive, sha256, sizeBytes } = facts;
  if (archive === null || sha256 === null || sizeBytes === null) {
    throw new RehearsalError('DRIVER_FAILED', 'the driver could not pack what the run recorded', {
      hint: 'the disk of the driver host may be full; give it more, or rehearse for a shorter time',
    });
  }
  await mkdir(dirname(toDir), { recursive: true });
  const work = await mkdtemp(join(dirname(toDir), `.${basename(toDir)}-`));
  try {
    const local = join(work, 'archive');
    await bring(steady, `${dir}/${insidePath(archive)}`, local, { sha256, sizeBytes });
    const content = join(work, 'content');
    await mkdir(content);
    await unpack(local, content, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      throw damaged(`cannot be unpacked: ${asError(error).message}`, error);
    });
    await rename(content, toDir);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Downloads until the sum is right; a second time from the beginning. */
async function bring(
  steady: SteadyConnection,
  from: string,
  to: string,
  { sha256, sizeBytes }: { sha256: string; sizeBytes: number },
): Promise<void> {
  const file = await open(to, 'wx', 0o600);
  let found = '';
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      await steady.use((connection) => downloadRest(connection, from, file, sizeBytes));
      found = await sha256Of(to);
      if (found === sha256) return;
      await file.truncate(0);
    }
  } finally {
    await file.close();
  }
  throw damaged(`has the sha256 ${found}; the driver said ${sha256}`);
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function damaged(what: string, cause?: unknown): RehearsalError {
  return new RehearsalError('DRIVER_FAILED', `what the driver recorded ${what}`, {
    hint: 'the driver host loses data: look at its disk (df, dmesg) or start again',
    cause,
  });
}
