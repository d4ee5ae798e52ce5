import { currentPidSpace } from '../../process-identity.ts';
import type { Leftover, NotOurs } from '../target.ts';
import { describePart } from './describe-part.ts';
import { findOrphanRoutes, findParts, type FoundPart } from './find-parts.ts';
import { NETWORK_ROLE, stateRoot } from './names.ts';
import { isClaimInUse } from './owner.ts';
import { removePart } from './remove.ts';

const TARGET = 'local';
/** Hosts, then networks, then folders of every run of this machine that says whose it is. */
export async function localLeftovers(): Promise<Leftover[]> {
  if (process.platform !== 'linux') return [];
  const [parts, here] = [await findParts(), await currentPidSpace()];
  const used = new Set<string>();
  for (const { claim, runId } of parts) if (claim && (await isClaimInUse(claim, here))) used.add(runId);
  return parts
    .filter(({ claim }) => claim !== null)
    .sort((one, other) => order(one) - order(other) || one.role.localeCompare(other.role))
    .map((part) => ({
      ...{ target: TARGET, runId: part.runId, what: describePart(part, stateRoot()) },
      expiresAt: part.claim?.expiresAtMs == null ? null : new Date(part.claim.expiresAtMs).toISOString(),
      inUse: used.has(part.runId),
      ownerDied: !used.has(part.runId),
      remove: () => removePart(part),
    }));
}

export async function localNotOurs(): Promise<NotOurs[]> {
  if (process.platform !== 'linux') return [];
  const parts = await findParts();
  const strange = parts.filter(({ claim }) => claim === null);
  const routes = await findOrphanRoutes(parts.map(({ runId }) => runId));
  return [
    ...strange.map((part) => ({ what: describePart(part, stateRoot()), why: 'it has no claim' })),
    ...routes.map(({ subnet }) => ({ what: `route to ${subnet}`, why: 'it has no claim' })),
  ];
}

function order({ role, things }: FoundPart): number {
  if (things.every(({ kind }) => kind === 'folder')) return 2;
  return role === NETWORK_ROLE ? 1 : 0;
}
