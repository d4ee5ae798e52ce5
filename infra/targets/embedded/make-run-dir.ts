import { tmpdir } from 'node:os';
import { asError, RehearsalError } from '../../../scripts/shared/errors.ts';
import { ownClaim } from '../../claims/claim.ts';
import { makeClaimedFolder } from '../../claims/claimed-folder.ts';
import { identityOf } from '../../process-identity.ts';
import type { EnvironmentSpec } from '../../contract/target.ts';
import { readOwner, RUN_DIR_CLAIM, writeOwner } from './owner-file.ts';
import type { RunDir } from './run-dir.ts';
import { sharedMemoryOf } from './server/shared-memory.ts';

/**
 * Makes the run's folder, which says from its first moment whose it is. Where this throws, there is no folder of ours.
 * @throws TARGET_UNAVAILABLE
 */
export async function makeRunDir(
  { path, runId }: RunDir,
  spec: Pick<EnvironmentSpec, 'runId' | 'expiresAt'>,
): Promise<void> {
  const claim = await ownClaim(spec);
  try {
    makeClaimedFolder(path, RUN_DIR_CLAIM, {
      ...claim,
      servers: [],
      sharedMemory: { segments: [], files: [] },
    });
  } catch (cause) {
    const { code, message }: NodeJS.ErrnoException = asError(cause);
    if (code === 'EEXIST') {
      throw new RehearsalError('TARGET_UNAVAILABLE', `the folder ${path} of run ${runId} exists already`, {
        hint: 'rehearse reap says whether it is ours, rehearse reap --execute removes what an earlier run left behind',
      });
    }
    if (code === 'ENOSPC' || code === 'EDQUOT') throw cause;
    throw new RehearsalError('TARGET_UNAVAILABLE', `cannot make a folder for the run: ${message}`, {
      hint: `check that ${tmpdir()} is there and may be written, or point TMPDIR to another folder`,
    });
  }
}

/** Adds a server to what the folder's owner must end, with the shared memory that it holds by now. */
export async function recordServer(dir: RunDir, pid: number): Promise<void> {
  const [{ claim: owner }, identity] = [await readOwner(dir), await identityOf(pid)];
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
