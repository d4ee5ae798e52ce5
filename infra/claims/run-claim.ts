import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ownClaim } from './claim.ts';
import { folderClaimSchema, readClaim, writeClaim, type ClaimKind, type FolderClaim } from './claim-file.ts';
import { makeClaimedFolder } from './claimed-folder.ts';

/** The claim on a run folder whose run has not ended; the seal takes its place. Begins with a dot: it is no evidence. */
export const RUN_CLAIM: ClaimKind<FolderClaim> = { file: '.claim.json', schema: folderClaimSchema };

type Run = Pick<FolderClaim, 'runId' | 'expiresAt'>;

/** Makes a run folder that says from its first moment whose it is. */
export async function makeRunFolder(path: string, run: Run): Promise<void> {
  const claim = await ownClaim(run);
  mkdirSync(dirname(path), { recursive: true });
  makeClaimedFolder(path, RUN_CLAIM, claim);
}

/** This process goes on with a run whose own has died. One without a claim stays without. */
export async function takeOver(path: string, run: Run): Promise<void> {
  const { claim } = await readClaim(path, RUN_CLAIM);
  if (claim !== undefined) await writeClaim(path, RUN_CLAIM, { ...claim, ...(await ownClaim(run)) });
}

/** The run has ended: its seal says so from here on. */
export async function dropClaim(path: string): Promise<void> {
  await rm(join(path, RUN_CLAIM.file), { force: true });
}
