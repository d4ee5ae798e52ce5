import { z } from 'zod';
import {
  currentPidSpace,
  identityOf,
  isAlive,
  pidSpaceSchema,
  processIdentitySchema,
  type PidSpace,
} from '../process-identity.ts';

const MOST_CHARACTERS = 120;
/** `<rehearsal>-<UTC yyyymmdd-hhmmss>-<4 hex>`, as `newRunId` makes it. */
const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]*-\d{8}-\d{6}-[0-9a-f]{4}$/;

export function isRunId(text: string): boolean {
  return text.length <= MOST_CHARACTERS && RUN_ID.test(text);
}

/**
 * Our readable mark on a thing that we made: what every claim says, wherever it stands. Only what carries one that fits the
 * thing itself is ever removed; a name proves nothing.
 */
export const claimSchema = z.object({
  runId: z.string().refine(isRunId),
  /** The user whose run it is. */
  uid: z.int().nonnegative(),
  /** ISO 8601 UTC. */
  expiresAt: z.iso.datetime(),
  /** Until then it lives on without its owner; null where nobody asked for that. */
  keptUntil: z.iso.datetime().nullable(),
  /** Where the owner's pid means something: a boot of a kernel, and a pid namespace. */
  pidSpace: pidSpaceSchema,
  /** The owner: the process that goes on with the run. */
  controller: processIdentitySchema,
});

export type Claim = z.infer<typeof claimSchema>;

/** What a claimed thing is to whoever finds it. */
export interface Standing {
  /** Its owner goes on, or may do so where nobody can see it from here. */
  readonly inUse: boolean;
  /** Its owner is known to be dead: of this boot and this pid namespace, and gone. */
  readonly ownerDied: boolean;
}

/** A claim of this process on a thing of that run. */
export async function ownClaim(run: Pick<Claim, 'runId' | 'expiresAt'>): Promise<Claim> {
  const controller = (await identityOf(process.pid)) ?? { pid: process.pid, startTime: '' };
  return {
    runId: run.runId,
    expiresAt: run.expiresAt,
    keptUntil: null,
    uid: ownUid(),
    controller,
    pidSpace: await currentPidSpace(),
  };
}

export function ownUid(): number {
  return process.getuid?.() ?? 0;
}

export async function standingOf(claim: Claim): Promise<Standing> {
  const [here, controllerAlive] = [await currentPidSpace(), await isAlive(claim.controller)];
  return judgeClaim(claim, { here, controllerAlive, nowMs: Date.now() });
}

/** Where the owner can be seen, that decides; where it cannot, the expiry does. */
export function judgeClaim(
  { pidSpace, expiresAt, keptUntil }: Pick<Claim, 'pidSpace' | 'expiresAt' | 'keptUntil'>,
  facts: { readonly nowMs: number; readonly here: PidSpace; readonly controllerAlive: boolean },
): Standing {
  const { here, nowMs, controllerAlive } = facts;
  if (pidSpace.bootId !== here.bootId) return { inUse: false, ownerDied: false };
  if (keptUntil !== null && Date.parse(keptUntil) > nowMs) return { inUse: true, ownerDied: false };
  if (pidSpace.namespace !== here.namespace) {
    return { inUse: Date.parse(expiresAt) > nowMs, ownerDied: false };
  }
  return { inUse: controllerAlive, ownerDied: !controllerAlive };
}
