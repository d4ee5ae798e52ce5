import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { z } from 'zod';
import { claimSchema, standingOf, type Claim, type Standing } from './claim.ts';

const DIGITS = 16;

/** Our claim on what lies on a host that is there before and after the run: whoever finds it there may sit at another machine. */
const hostClaimSchema = claimSchema.extend({
  /** The machine that the run was started from: the beginning of sha256 of its id. */
  machine: z.string(),
  /** For people: `anna@laptop`. */
  by: z.string(),
});

export type HostClaim = z.infer<typeof hostClaimSchema>;

/** The claim as one line. */
export async function hostClaimLine(claim: Claim): Promise<string> {
  const { runId, uid, expiresAt, keptUntil, pidSpace, controller } = claim;
  const line: HostClaim = {
    runId,
    uid,
    expiresAt,
    keptUntil,
    pidSpace,
    controller,
    machine: await ownMachine(),
    by: `${userName()}@${hostname()}`,
  };
  return JSON.stringify(line);
}

/** Undefined for what is none. */
export function parseHostClaim(line: string): HostClaim | undefined {
  try {
    return hostClaimSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Of this machine the owner decides as everywhere; what was started elsewhere is in use until it expires. */
export async function standingOfHostClaim(claim: HostClaim, nowMs: number): Promise<Standing> {
  if (claim.machine === (await ownMachine())) return standingOf(claim);
  return { inUse: Date.parse(claim.expiresAt) > nowMs, ownerDied: false };
}

async function ownMachine(): Promise<string> {
  const id = await readFile('/etc/machine-id', 'utf8').catch(() => '');
  return createHash('sha256')
    .update(id.trim() === '' ? hostname() : id.trim())
    .digest('hex')
    .slice(0, DIGITS);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown'; // a uid without a name
  }
}
