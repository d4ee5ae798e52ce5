import { currentPidSpace } from '../../process-identity.ts';
import type { Leftover } from '../../contract/target.ts';
import { describePart } from './parts/describe-part.ts';
import { findParts, type FoundPart } from './parts/find-parts.ts';
import { NETWORK_ROLE } from './parts/part-names.ts';
import { standingOfPart } from './parts/part-owner.ts';
import { removePart } from './parts/remove.ts';

const TARGET = 'local';

/** Hosts, then networks, then folders of this user's runs on this machine, by their claims. */
export async function localLeftovers(): Promise<Leftover[]> {
  if (process.platform !== 'linux') return [];
  const [parts, here] = [await findParts(), await currentPidSpace()];
  const standings = await Promise.all(
    parts.map(async (part) => ({ part, standing: await standingOfPart(part.claim, here) })),
  );
  // A run goes on as a whole, or is over.
  const used = new Set(standings.filter(({ standing }) => standing.inUse).map(({ part }) => part.runId));
  return standings
    .sort((one, other) => order(one.part) - order(other.part) || one.part.role.localeCompare(other.part.role))
    .map(({ part, standing }) => ({
      target: TARGET,
      runId: part.runId,
      what: describePart(part),
      expiresAt: new Date(part.claim.expiresAtMs).toISOString(),
      inUse: used.has(part.runId),
      ownerDied: standing.ownerDied && !used.has(part.runId),
      remove: () => removePart(part),
    }));
}

function order({ role, things }: FoundPart): number {
  if (things.every(({ kind }) => kind === 'folder')) return 2;
  return role === NETWORK_ROLE ? 1 : 0;
}
