import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { asError, RehearsalError } from '../../../scripts/shared/errors.ts';
import { currentPidSpace, identityOf } from '../../process-identity.ts';
import type { EnvironmentSpec } from '../target.ts';
import { readOwner, writeOwner } from './owner.ts';
import type { RunDir } from './run-dir.ts';
import { sharedMemoryOf } from './shared-memory.ts';

/**
 * Makes the run's folder. Where this throws, there is no folder of ours.
 * @throws TARGET_UNAVAILABLE
 */
export async function makeRunDir({ path, runId }: RunDir): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (cause) {
    const { code, message }: NodeJS.ErrnoException = asError(cause);
    if (code === 'EEXIST') {
      throw new RehearsalError('TARGET_UNAVAILABLE', `the folder ${path} of run ${runId} exists already`, {
        hint: 'rehearse reap removes what an earlier run left behind',
      });
    }
    if (code === 'ENOSPC' || code === 'EDQUOT') throw cause;
    throw new RehearsalError('TARGET_UNAVAILABLE', `cannot make a folder for the run: ${message}`, {
      hint: `check that ${tmpdir()} is there and may be written, or point TMPDIR to another folder`,
    });
  }
}

/** Writes down whose the folder is, before there is anything else in it. */
export async function claimRunDir(dir: RunDir, { runId, expiresAt }: EnvironmentSpec): Promise<void> {
  const controller = (await identityOf(process.pid)) ?? { pid: process.pid, startTime: '' };
  await writeOwner(dir, {
    ...{ runId, expiresAt, controller },
    pidSpace: await currentPidSpace(),
    servers: [],
    sharedMemory: { segments: [], files: [] },
  });
}

/** Adds a server to what the folder's owner must end, with the shared memory that it holds by now. */
export async function recordServer(dir: RunDir, pid: number): Promise<void> {
  const owner = await readOwner(dir);
  const identity = await identityOf(pid);
  if (!owner || !identity) return;
  const { segments, files } = await sharedMemoryOf(dir, pid);
  await writeOwner(dir, {
    ...owner,
    servers: [...owner.servers.filter((server) => server.pid !== pid), identity],
    sharedMemory: {
      segments: [...owner.sharedMemory.segments, ...segments],
      files: [...owner.sharedMemory.files, ...files],
    },
  });
}
