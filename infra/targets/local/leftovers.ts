import { currentPidSpace, type PidSpace } from '../../process-identity.ts';
import type { Leftover } from '../target.ts';
import { describePart } from './describe-part.ts';
import { findOrphanRoutes, findParts, type FoundPart } from './find-parts.ts';
import { NETWORK_ROLE, stateRoot } from './names.ts';
import { isClaimInUse } from './owner.ts';
import { removePart } from './remove.ts';

const TARGET = 'local';
/** A folder so young may belong to a host that has not yet said whose it is. */
const GRACE_MS = 60_000;

/** Hosts, then networks, then folders of every run of this machine, found by name: no state file is needed. */
export async function localLeftovers(): Promise<Leftover[]> {
  if (process.platform !== 'linux') return [];
  const [parts, here] = [await findParts(), await currentPidSpace()];
  const used = new Set<string>();
  for (const part of parts) if (await inUse(part, here)) used.add(part.runId);
  const found = [...parts]
    .sort((one, other) => order(one) - order(other) || one.role.localeCompare(other.role))
    .map((part) => ({
      ...{ target: TARGET, runId: part.runId, what: describePart(part, stateRoot()) },
      expiresAt: part.claim?.expiresAtMs == null ? null : new Date(part.claim.expiresAtMs).toISOString(),
      inUse: used.has(part.runId),
      confirm: true as const,
      remove: () => removePart(part),
    }));
  return [...found, ...(await orphanRoutes(parts))];
}

function order({ role, things }: FoundPart): number {
  if (things.every(({ kind }) => kind === 'folder')) return 2;
  return role === NETWORK_ROLE ? 1 : 0;
}

async function inUse({ claim, bornMs }: FoundPart, here: PidSpace): Promise<boolean> {
  if (claim?.owner != null) return isClaimInUse(claim, here);
  return bornMs !== null && Date.now() - bornMs < GRACE_MS;
}

/** A route whose run has nothing else left: its run can only be told by a mark. */
async function orphanRoutes(parts: readonly FoundPart[]): Promise<Leftover[]> {
  const orphans = await findOrphanRoutes(parts.map(({ runId }) => runId));
  return orphans.map(({ subnet, mark }) => ({
    ...{
      target: TARGET,
      runId: `unknown-${mark}`,
      what: `route to ${subnet}`,
      expiresAt: null,
      inUse: false,
      confirm: true as const,
    },
    remove: () => removePart({ runId: `unknown-${mark}`, role: NETWORK_ROLE }, { MARK: mark }),
  }));
}
