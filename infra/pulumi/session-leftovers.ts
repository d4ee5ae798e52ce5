import { asError } from '../../scripts/shared/errors.ts';
import { redact } from '../../scripts/shared/text/redact.ts';
import { standingOf } from '../claims/claim.ts';
import { isNamedFor, removeClaimedFolder } from '../claims/claimed-folder.ts';
import type { FoundClaim } from '../claims/claim-file.ts';
import type { HostTarget } from '../contract/hosts.ts';
import type { Leftover, NotOurs, Tell } from '../contract/target.ts';
import { requireBackend } from './backend-answer.ts';
import { stackRemains } from './stack-remains.ts';
import { endEngineProcesses } from './engine-processes.ts';
import { findEngine } from './engine/find-engine.ts';
import { sessionFolders, type SessionFolder } from './session-folder.ts';
import { findSession, SESSION_CLAIM, type SessionRecord } from './session-record.ts';

const DESTROY_LIMIT_MS = 40_000;
const LOOK_LIMIT_MS = 30_000;
const UNWIND_MS = 2_000;

/** Every session folder of ours, with the stack where that lies elsewhere. */
export async function sessionLeftovers(hosts: SweptTarget): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const folder of await sessionFolders()) {
    const { claim: record } = await findNamed(folder);
    if (record?.target !== hosts.name) continue;
    const remove = once((tell: Tell = () => undefined) => removeSession(folder, record, { hosts, tell }));
    const common = {
      target: hosts.name,
      runId: record.runId,
      expiresAt: record.keptUntil ?? record.expiresAt,
      ...(await standingOf(record)),
      remove,
    };
    found.push({ ...common, what: `folder ${folder.path}` });
    if (record.backend && record.stack) {
      found.push({ ...common, what: `stack ${folder.runId} in ${redact(record.backend.url)}` });
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

/** Whose hosts a session's are. */
type SweptTarget = Pick<HostTarget, 'name' | 'outlives' | 'removeRun' | 'leftovers' | 'plugins' | 'explain'>;

/**
 * Removes what Pulumi knows of the run, and what the target finds of it besides. Where its stack cannot be removed, as when the user's backend is away, the folder goes
 * all the same once the target has removed the hosts and finds none: nothing but an entry in that backend is left then.
 */
async function removeSession(
  folder: SessionFolder,
  record: SessionRecord,
  { hosts, tell }: { readonly hosts: SweptTarget; readonly tell: Tell },
): Promise<void> {
  await endEngineProcesses(folder.path, UNWIND_MS);
  // The folder is what knows where they are.
  if (hosts.outlives) await hosts.removeRun(record.runId);
  if (record.backend && record.stack) {
    const failure = await removeStack(folder, record, hosts);
    if (failure) await requireHostsGone(hosts, { record, failure, tell });
  }
  // What was ordered and never heard of is in no stack; and only the folder tells that there was a run.
  if (!hosts.outlives) await hosts.removeRun(record.runId);
  await removeFolder(folder);
}

/** @throws `failure` where hosts of the run are left; else tells how its entry in the backend goes. */
export async function requireHostsGone(
  hosts: SweptTarget,
  session: { readonly record: SessionRecord; readonly failure: Error; readonly tell: Tell },
): Promise<void> {
  const { record, failure, tell } = session;
  const { runId, backend } = record;
  await hosts.removeRun(runId);
  const { found, unseen } = await hosts.leftovers(AbortSignal.timeout(LOOK_LIMIT_MS));
  if (unseen.length > 0 || found.some((leftover) => leftover.runId === runId)) throw failure;
  if (backend === null) return;
  const engine = await findEngine();
  const pulumi = 'missing' in engine ? undefined : engine.pulumi;
  tell(stackRemains(runId, backend, { why: failure.message, pulumi }));
}

/** Drops the folder whatever is in it, where it is ours. Nothing there is no error. */
export function removeFolder({ path }: SessionFolder): Promise<void> {
  return removeClaimedFolder(path, SESSION_CLAIM);
}

/** Gives what stood in the way. */
async function removeStack(
  folder: SessionFolder,
  record: SessionRecord,
  target: SweptTarget,
): Promise<Error | undefined> {
  const engine = await findEngine();
  if ('missing' in engine) return new Error(`${engine.missing}; ${engine.remedy}`);
  try {
    if (record.backend) await requireBackend(engine, record.backend);
    const { StackSession } = await import('./stack-session.ts');
    const session = new StackSession({ folder, record, engine, target, onProgress: () => undefined });
    await session.destroy(DESTROY_LIMIT_MS);
    return undefined;
  } catch (error) {
    return asError(error);
  }
}

/** The folder and the stack of a session go together, whichever of them is removed first. */
function once<A>(work: (argument?: A) => Promise<void>): (argument?: A) => Promise<void> {
  let done: Promise<void> | undefined;
  return (argument) => (done ??= work(argument));
}
