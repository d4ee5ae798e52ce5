import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identityOf, isAlive } from '../process-identity.ts';

/*
 * A process that makes, copies or removes a base says so by its own name: `<base>.<what>-<pid>-<start>`. What a dead process
 * left is known by that, and goes at the next look.
 */

const NAMED = /^([0-9a-f]+)\.(part|used|gone)-(\d+)-(.+)$/;
/** In another container with the same cache a pid means nothing: what is older is nobody's any more. */
const OLDEST_MS = 24 * 3_600_000;

type What = 'part' | 'used' | 'gone';

/** A path beside the base that carries this process's name. */
export async function ownName(dir: string, key: string, what: What): Promise<string> {
  const self = await identityOf(process.pid);
  return join(dir, `${key}.${what}-${process.pid}-${(self?.startTime ?? '0').replace(/[^\w]/g, '_')}`);
}

/** Runs `work` while others see that the base is being copied. */
export async function whileUsed<T>(dir: string, key: string, work: () => Promise<T>): Promise<T> {
  const lease = await ownName(dir, key, 'used');
  await writeFile(lease, '', { mode: 0o600 });
  try {
    return await work();
  } finally {
    await rm(lease, { force: true });
  }
}

/** Is somebody copying it just now? */
export async function isUsed(dir: string, key: string): Promise<boolean> {
  for (const name of await readdir(dir)) {
    const [, of, what] = NAMED.exec(name) ?? [];
    if (of === key && what === 'used' && (await isOwned(dir, name))) return true;
  }
  return false;
}

/** Removes what processes left that are dead. */
export async function sweepDead(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (NAMED.test(name) && !(await isOwned(dir, name)))
      await rm(join(dir, name), { recursive: true, force: true });
  }
}

async function isOwned(dir: string, name: string): Promise<boolean> {
  const [, , , pid = '', startTime = ''] = NAMED.exec(name) ?? [];
  const found = await stat(join(dir, name)).catch(() => undefined);
  if (found === undefined || Date.now() - found.mtimeMs > OLDEST_MS) return false;
  const now = await identityOf(Number(pid));
  if (now === undefined) return false;
  return now.startTime.replace(/[^\w]/g, '_') === startTime && (await isAlive(now));
}
