import { removeClaimedFolder } from '../../claims/claimed-folder.ts';
import { currentPidSpace } from '../../process-identity.ts';
import { readOwner, RUN_DIR_CLAIM, type Owner } from './owner-file.ts';
import { endProcesses } from './processes.ts';
import type { RunDir } from './run-dir.ts';
import { removeSharedMemory } from './server/shared-memory.ts';

/** A database of a hundred thousand tables is hundreds of thousands of files, which a busy disk takes minutes for. */
export const REMOVAL_MS = 300_000;

/**
 * Ends the processes of a run and removes its folder, whatever state they are in. May be called again and again.
 * @throws when something remains, or the folder is not ours
 */
export async function removeRunDir(dir: RunDir): Promise<void> {
  const { claim: owner } = await readOwner(dir);
  if (owner && (await isVisible(owner))) {
    await endProcesses(dir, owner);
    await removeSharedMemory(owner.sharedMemory);
  }
  await removeClaimedFolder(dir.path, RUN_DIR_CLAIM);
}

/** Do the pids of that claim mean processes of here and now? */
export async function isVisible({ pidSpace }: Owner): Promise<boolean> {
  const here = await currentPidSpace();
  return pidSpace.bootId === here.bootId && pidSpace.namespace === here.namespace;
}
