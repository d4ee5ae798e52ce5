import { standingOf } from '../claims/claim.ts';
import { isNamedFor, removeClaimedFolder } from '../claims/claimed-folder.ts';
import type { FoundClaim } from '../claims/claim-file.ts';
import type { Leftover, NotOurs } from '../targets/target.ts';
import { endEngineProcesses } from './engine-processes.ts';
import { findEngine } from './engine/find-engine.ts';
import { sessionFolders, type SessionFolder } from './session-folder.ts';
import { findSession, SESSION_CLAIM, type SessionRecord } from './session-record.ts';

const DESTROY_LIMIT_MS = 40_000;
const UNWIND_MS = 2_000;

/** Every session folder of ours, with the stack where that lies elsewhere. */
export async function sessionLeftovers(target: string): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const folder of await sessionFolders()) {
    const { claim: record } = await findNamed(folder);
    if (record?.target !== target) continue;
    const common = {
      ...{ target, runId: record.runId, expiresAt: record.keptUntil ?? record.expiresAt },
      ...(await standingOf(record)),
      remove: () => removeSession(folder, record),
    };
    found.push({ ...common, what: `folder ${folder.path}` });
    if (record.backend && record.stack) {
      found.push({ ...common, what: `stack ${folder.runId} in ${record.backend.url}` });
    }
  }
  return found;
}

/** What lies among the session folders and is none of ours. */
export async function sessionsNotOurs(): Promise<NotOurs[]> {
  const found: NotOurs[] = [];
  for (const folder of await sessionFolders()) {
    const { notOurs } = await findNamed(folder);
    if (notOurs !== undefined) found.push({ what: folder.path, why: notOurs });
  }
  return found;
}

async function findNamed(folder: SessionFolder): Promise<FoundClaim<SessionRecord>> {
  const session = await findSession(folder);
  if (session.claim === undefined || isNamedFor(folder.path, '', session.claim.runId)) return session;
  return { notOurs: 'it has been renamed' };
}

/** What the hosts' target finds of the run is removed by that; here goes what Pulumi knows of it. */
async function removeSession(folder: SessionFolder, record: SessionRecord): Promise<void> {
  await endEngineProcesses(folder.path, UNWIND_MS);
  if (record.backend && record.stack) await removeStack(folder, record);
  await removeFolder(folder);
}

/** Drops the folder whatever is in it, where it is ours. Nothing there is no error. */
export function removeFolder({ path }: SessionFolder): Promise<void> {
  return removeClaimedFolder(path, SESSION_CLAIM);
}

async function removeStack(folder: SessionFolder, record: SessionRecord): Promise<void> {
  const engine = await findEngine();
  if ('missing' in engine) throw new Error(`${engine.missing}; ${engine.remedy}`);
  const { StackSession } = await import('./stack-session.ts');
  const session = new StackSession({ folder, record, engine, onProgress: () => undefined });
  await session.destroy(DESTROY_LIMIT_MS);
}
