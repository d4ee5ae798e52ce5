import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { standingOf } from '../../claims/claim.ts';
import type { Cloud, CloudName, Thing } from '../../clouds/cloud.ts';
import { cloudOf } from '../../clouds/index.ts';
import { runHash } from '../../clouds/names.ts';
import { ownerMark } from '../../clouds/owner.ts';
import type { Leftover, Look } from '../../contract/target.ts';
import { sessionFolders } from '../../pulumi/session-folder.ts';
import { findSession, type SessionRecord } from '../../pulumi/session-record.ts';

const REMOVE_MS = 300_000;
/** Of the runs that this process has looked after: a network has but the hash in its name. */
const known = new Map<string, string>();

export function rememberRun(runId: string): void {
  known.set(runHash(runId), runId);
}

/**
 * What bears our marker in the account, hosts first. Whether its run goes on is known by the session here; of others' runs only the
 * expiry is.
 */
export async function cloudLeftovers(
  name: CloudName,
  signal: AbortSignal,
  open = cloudOf,
): Promise<Look<Leftover>> {
  const sessions = await sessionsOf(name);
  const cloud = open(name);
  if ((process.env[cloud.token] ?? '') === '') {
    // Who has never rented there has nothing to look for, and a run that goes on has the token itself.
    const unseen = (await haveDied(sessions)) ? [{ target: name, why: `${cloud.token} is not set` }] : [];
    return { found: [], unseen };
  }
  try {
    const things = await cloud.find(signal);
    const ids = new Map(things.flatMap((thing) => (thing.runId ? [[thing.hash, thing.runId]] : [])));
    const found = things.map(async (thing): Promise<Leftover> => {
      const session = sessions.get(thing.hash);
      return {
        target: name,
        what: `${thing.kind} ${thing.name}`,
        runId: session?.runId ?? ids.get(thing.hash) ?? known.get(thing.hash) ?? `rehearse-${thing.hash}`,
        ...(await standing(thing, session)),
        removalMs: REMOVE_MS,
        remove: () => removeThing(cloud, thing),
      };
    });
    return { found: await Promise.all(found), unseen: [] };
  } catch (error) {
    if (!(error instanceof RehearsalError)) throw error;
    return { found: [], unseen: [{ target: name, why: error.message }] };
  }
}

async function standing(
  thing: Thing,
  session: SessionRecord | undefined,
): Promise<Pick<Leftover, 'inUse' | 'ownerDied' | 'expiresAt'>> {
  const expiresAt = session?.keptUntil ?? thing.expiresAt;
  if (session) return { ...(await standingOf(session)), expiresAt };
  const expired = Date.parse(thing.expiresAt) <= Date.now();
  // Ours, and nothing here knows of its run any more; or switched off, which nobody does with a host in use.
  const lost = thing.owner === ownerMark() || thing.off;
  return { inUse: !expired && !lost, ownerDied: false, expiresAt };
}

async function removeThing(cloud: Cloud, thing: Thing): Promise<void> {
  await cloud.remove(thing, AbortSignal.timeout(REMOVE_MS));
}

async function haveDied(sessions: ReadonlyMap<string, SessionRecord>): Promise<boolean> {
  const standings = await Promise.all([...sessions.values()].map((session) => standingOf(session)));
  return standings.some(({ inUse }) => !inUse);
}

async function sessionsOf(name: CloudName): Promise<Map<string, SessionRecord>> {
  const records = await Promise.all((await sessionFolders()).map((folder) => findSession(folder)));
  return new Map(
    records.flatMap(({ claim }) => (claim?.target === name ? [[runHash(claim.runId), claim] as const] : [])),
  );
}
