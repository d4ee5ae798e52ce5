import { lstat, rm } from 'node:fs/promises';
import type { Leftover } from '../targets/target.ts';
import { endEngineProcesses } from './engine-processes.ts';
import { findEngine } from './engine/find-engine.ts';
import { sessionFolders, type SessionFolder } from './session-folder.ts';
import { isSessionInUse, readSession, type SessionRecord } from './session-record.ts';

/** A folder so young may belong to a run that has not yet written its session.json. */
const GRACE_MS = 60_000;
const DESTROY_LIMIT_MS = 40_000;
const UNWIND_MS = 2_000;

/** Every session folder that is there, with the stack where that lies elsewhere. */
export async function sessionLeftovers(target: string): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const folder of await sessionFolders()) {
    const record = await readSession(folder);
    if (record !== undefined && record.target !== target) continue;
    const common = {
      ...{ target, runId: folder.runId, expiresAt: record?.keptUntil ?? record?.expiresAt ?? null },
      inUse: record === undefined ? await isYoung(folder) : await isSessionInUse(record),
      confirm: true as const,
      remove: () => removeSession(folder, record),
    };
    found.push({ ...common, what: `folder ${folder.path}` });
    if (record?.backend && record.stack) {
      found.push({ ...common, what: `stack ${folder.runId} in ${record.backend.url}` });
    }
  }
  return found;
}

/** What the hosts' target finds of the run is removed by that; here goes what Pulumi knows of it. */
async function removeSession(folder: SessionFolder, record: SessionRecord | undefined): Promise<void> {
  await endEngineProcesses(folder.path, UNWIND_MS);
  if (record?.backend && record.stack) await removeStack(folder, record);
  await removeFolder(folder);
}

/** Drops the folder whatever is in it. Nothing there is no error. */
export async function removeFolder(folder: SessionFolder): Promise<void> {
  await rm(folder.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

async function removeStack(folder: SessionFolder, record: SessionRecord): Promise<void> {
  const engine = await findEngine();
  if ('missing' in engine) throw new Error(`${engine.missing}; ${engine.remedy}`);
  const { StackSession } = await import('./stack-session.ts');
  const session = new StackSession({ folder, record, engine, onProgress: () => undefined });
  await session.destroy(DESTROY_LIMIT_MS);
}

async function isYoung({ path }: SessionFolder): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  return stats !== undefined && Date.now() - (stats.birthtimeMs || stats.mtimeMs) < GRACE_MS;
}
