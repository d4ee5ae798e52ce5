import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { asError, RehearsalError } from '../../scripts/shared/errors.ts';
import { ownClaim } from '../claims/claim.ts';
import {
  folderClaimSchema,
  readClaim,
  writeClaim,
  type ClaimKind,
  type FoundClaim,
} from '../claims/claim-file.ts';
import { makeClaimedFolder } from '../claims/claimed-folder.ts';
import { processIdentitySchema } from '../process-identity.ts';
import type { SessionFolder } from './session-folder.ts';

const recordSchema = folderClaimSchema.extend({
  target: z.string(),
  /** The process that made the hosts; `controller` is the one that goes on with the run. */
  maker: processIdentitySchema,
  /** URL of the backend that holds the stack, and the login that was used for it; null = the folder's own state. */
  backend: z.object({ url: z.string(), credentials: z.string() }).nullable(),
  /** The stack has been made. */
  stack: z.boolean(),
});

/** session.json: the claim on a session folder, with what is known of its stack. */
export type SessionRecord = z.infer<typeof recordSchema>;

export const SESSION_CLAIM: ClaimKind<SessionRecord> = { file: 'session.json', schema: recordSchema };

export function findSession({ path }: SessionFolder): Promise<FoundClaim<SessionRecord>> {
  return readClaim(path, SESSION_CLAIM);
}

/** Undefined where the folder is not there or not ours. */
export async function readSession(folder: SessionFolder): Promise<SessionRecord | undefined> {
  return (await findSession(folder)).claim;
}

export function writeSession({ path }: SessionFolder, record: SessionRecord): Promise<void> {
  return writeClaim(path, SESSION_CLAIM, record);
}

/**
 * Makes this process the controller of the session, and its folder where there is none yet; who made it, until when and with
 * which backend stays as it is.
 * @throws TARGET_UNAVAILABLE where the folder is not ours
 */
export async function claimSession(
  folder: SessionFolder,
  fresh: Pick<SessionRecord, 'target' | 'expiresAt' | 'backend'>,
): Promise<SessionRecord> {
  const claim = await ownClaim({ runId: folder.runId, expiresAt: fresh.expiresAt });
  await mkdir(dirname(folder.path), { recursive: true, mode: 0o700 });
  try {
    makeClaimedFolder(folder.path, SESSION_CLAIM, {
      ...claim,
      ...fresh,
      maker: claim.controller,
      stack: false,
    });
  } catch (error) {
    if ((asError(error) as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const { claim: before, notOurs } = await findSession(folder);
  if (before === undefined) {
    throw new RehearsalError('TARGET_UNAVAILABLE', `${folder.path} is not a folder of ours: ${notOurs}`, {
      hint: 'move it away; rehearse reap lists what looks like ours and is not',
    });
  }
  const record = { ...before, controller: claim.controller, pidSpace: claim.pidSpace };
  await writeSession(folder, record);
  return record;
}
