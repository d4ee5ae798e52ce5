import { z } from 'zod';
import {
  folderClaimSchema,
  readClaim,
  writeClaim,
  type ClaimKind,
  type FoundClaim,
} from '../../claims/claim-file.ts';
import { processIdentitySchema } from '../../process-identity.ts';
import type { RunDir } from './run-dir.ts';

const ownerSchema = folderClaimSchema.extend({
  /** Servers of this run in the order of their start, also those that have ended. */
  servers: z.array(processIdentitySchema),
  /** What the kernel keeps when a server is killed: System V segments, and files below /dev/shm. */
  sharedMemory: z.object({
    segments: z.array(z.object({ key: z.int(), id: z.int(), creator: z.int().positive() })),
    files: z.array(
      z.object({ path: z.string().regex(/^\/dev\/shm\/PostgreSQL\.\d+$/), inode: z.int().positive() }),
    ),
  }),
});

/** owner.json: the claim on a run folder, with what else belongs to the run. */
export type Owner = z.infer<typeof ownerSchema>;

export const RUN_DIR_CLAIM: ClaimKind<Owner> = { file: 'owner.json', schema: ownerSchema };

export function readOwner({ path }: RunDir): Promise<FoundClaim<Owner>> {
  return readClaim(path, RUN_DIR_CLAIM);
}

export function writeOwner({ path }: RunDir, owner: Owner): Promise<void> {
  return writeClaim(path, RUN_DIR_CLAIM, owner);
}
