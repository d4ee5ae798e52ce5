import { rm } from 'node:fs/promises';
import { currentPidSpace } from '../../process-identity.ts';
import { readOwner } from './owner.ts';
import { endProcesses } from './processes.ts';
import type { RunDir } from './run-dir.ts';
import { removeSharedMemory } from './shared-memory.ts';

/**
 * Ends the processes of a run and removes its folder, whatever state they are in. May be called again and again.
 * @throws when something remains
 */
export async function removeRunDir(dir: RunDir): Promise<void> {
  const owner = await readOwner(dir);
  const here = await currentPidSpace();
  const sameSpace = owner?.pidSpace.bootId === here.bootId && owner.pidSpace.namespace === here.namespace;
  await endProcesses(dir, sameSpace ? owner : undefined);
  if (sameSpace) await removeSharedMemory(owner.sharedMemory);
  await rm(dir.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
