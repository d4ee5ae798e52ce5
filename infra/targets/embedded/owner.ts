import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { pidSpaceSchema, processIdentitySchema, type PidSpace } from '../../process-identity.ts';
import type { RunDir } from './run-dir.ts';

const ownerSchema = z.object({
  runId: z.string(),
  /** ISO 8601 UTC. */
  expiresAt: z.iso.datetime(),
  pidSpace: pidSpaceSchema,
  controller: processIdentitySchema,
  /** Servers of this run in the order of their start, also those that have ended. */
  servers: z.array(processIdentitySchema),
  /** What the kernel keeps when a server is killed: System V segments, and files below /dev/shm. */
  sharedMemory: z.object({
    segments: z.array(z.object({ key: z.int(), id: z.int() })),
    files: z.array(z.string().regex(/^\/dev\/shm\/PostgreSQL\.\d+$/)),
  }),
});

/** owner.json: whose a run folder is. */
export type Owner = z.infer<typeof ownerSchema>;

/** Undefined where the file is missing or damaged. */
export async function readOwner({ owner }: RunDir): Promise<Owner | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(owner, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Replaces the file as a whole, so that nobody ever reads half of it. */
export async function writeOwner({ owner: path }: RunDir, owner: Owner): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(owner, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Does the run still go on? Where its controller can be seen, that decides; where it cannot, its expiry does. */
export function isInUse(
  owner: Owner,
  facts: { readonly nowMs: number; readonly here: PidSpace; readonly controllerAlive: boolean },
): boolean {
  if (owner.pidSpace.bootId !== facts.here.bootId) return false;
  // From inside another container its processes cannot be seen: leave it alone until it expires.
  if (owner.pidSpace.namespace !== facts.here.namespace) return Date.parse(owner.expiresAt) > facts.nowMs;
  return facts.controllerAlive;
}
