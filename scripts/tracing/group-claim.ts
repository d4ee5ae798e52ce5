import { lstat, mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startTimeOf } from '../shared/process-start.ts';
import { parseGroupName, pidNamespace } from './group-name.ts';

/**
 * The kernel's trace events have no room for a claim, so that is a file of root's, one a group: it is there before the events
 * are and names the boot, which ends them. What has none is not ours, whatever it is called.
 */
const CLAIMS = '/run/dress-rehearsal/traces';

/** Others remove the folder when it is empty: between its making and the first file in it, too. */
const TRIES = 10;

/** @throws Error where root's folder of claims cannot be made */
export async function claimGroup(group: string): Promise<void> {
  const text = `${await bootId()}\n`;
  for (let tries = 1; ; tries++) {
    try {
      await mkdir(CLAIMS, { recursive: true, mode: 0o755 });
      await writeFile(join(CLAIMS, group), text, { mode: 0o600, flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === TRIES) throw error;
    }
  }
}

export async function unclaimGroup(group: string): Promise<void> {
  await rm(join(CLAIMS, group), { force: true });
  // Others may have claims there.
  await rmdir(CLAIMS).catch(() => undefined);
  await rmdir(join(CLAIMS, '..')).catch(() => undefined);
}

/** Groups with a claim of this boot whose process is known to be gone. */
export async function abandonedGroups(): Promise<string[]> {
  const groups = await readdir(CLAIMS).catch(() => []);
  const isOver = await Promise.all(groups.map(isAbandoned));
  return groups.filter((_, index) => isOver[index]);
}

/** Pids of other namespaces say nothing here. */
async function isAbandoned(group: string): Promise<boolean> {
  const maker = parseGroupName(group);
  if (maker?.namespace !== (await pidNamespace()) || !(await isClaimed(group))) return false;
  return (await startTimeOf(maker.pid)) !== maker.startTime;
}

/** Is there a claim of this boot on it? */
export async function isClaimed(group: string): Promise<boolean> {
  const path = join(CLAIMS, group);
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isFile() !== true || stats.uid !== 0 || stats.size > 100) return false;
  return (await readFile(path, 'utf8')).trim() === (await bootId());
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}
