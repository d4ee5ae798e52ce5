import { lstat, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { plural } from '../../../scripts/shared/format.ts';
import { currentPidSpace, isAlive, type PidSpace, type ProcessIdentity } from '../../process-identity.ts';
import type { Leftover } from '../target.ts';
import { isInUse, readOwner, type Owner } from './owner.ts';
import { processesOf } from './processes.ts';
import { removeRunDir } from './remove-run-dir.ts';
import { findTraces } from './trace-leftovers.ts';
import { runDirOfEntry, type RunDir } from './run-dir.ts';

/** A folder so young may belong to a run that has not yet written its owner.json. */
const GRACE_MS = 60_000;

/** Every run folder of this user in the temporary folder, with the processes that still work in it. */
export async function findLeftovers(target: string): Promise<Leftover[]> {
  const here = await currentPidSpace();
  const found: Leftover[] = [];
  for (const entry of (await readdir(tmpdir())).sort()) {
    const dir = runDirOfEntry(entry);
    const bornMs = dir && (await birthOfOwnFolder(dir.path));
    if (dir && bornMs !== undefined) found.push(...(await leftoversOf(dir, bornMs, here, target)));
  }
  return [...found, ...(await findTraces(target))];
}

async function leftoversOf(dir: RunDir, bornMs: number, here: PidSpace, target: string): Promise<Leftover[]> {
  const owner = await readOwner(dir);
  const sameSpace = owner?.pidSpace.bootId === here.bootId && owner.pidSpace.namespace === here.namespace;
  const processes = await processesOf(dir, sameSpace ? owner : undefined);
  const common = {
    target,
    runId: dir.runId,
    expiresAt: owner?.expiresAt ?? null,
    inUse: await inUse(owner, bornMs, here),
    remove: () => removeRunDir(dir),
  };
  return [
    ...(processes.length === 0 ? [] : [{ ...common, what: describeProcesses(processes) }]),
    { ...common, what: `folder ${dir.path}` },
  ];
}

function describeProcesses([first, ...others]: readonly ProcessIdentity[]): string {
  const more = others.length === 0 ? '' : ` and ${plural(others.length, 'other')}`;
  return `process ${first?.pid ?? 0}${more}`;
}

async function inUse(owner: Owner | undefined, bornMs: number, here: PidSpace): Promise<boolean> {
  if (!owner) return Date.now() - bornMs < GRACE_MS;
  return isInUse(owner, { nowMs: Date.now(), here, controllerAlive: await isAlive(owner.controller) });
}

/** Undefined for what is not a folder, and for other users' folders: what they say cannot be trusted, nor removed. */
async function birthOfOwnFolder(path: string): Promise<number | undefined> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isDirectory() !== true || stats.uid !== process.getuid?.()) return undefined;
  return stats.birthtimeMs > 0 ? stats.birthtimeMs : stats.mtimeMs;
}
