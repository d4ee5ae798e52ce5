import { readdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { identityOf } from '../process-identity.ts';

const lockSchema = z.object({
  pid: z.int().positive(),
  username: z.string(),
  hostname: z.string(),
  timestamp: z.string(),
});

/** One holder of a stack of a file backend. */
export interface StackLock {
  readonly path: string;
  readonly pid: number;
  /** Such as `process 4711 of root on db1, since 2026-11-22T17:00:00Z`. */
  readonly holder: string;
  /** False only where the holder is known to be gone. */
  readonly alive: boolean;
}

/** Who holds the stack. A lock that cannot be read counts as held by a living process. */
export async function stackLocks(stateDir: string, project: string, stack: string): Promise<StackLock[]> {
  const dir = join(stateDir, '.pulumi', 'locks', 'organization', project, stack);
  const entries = await readdir(dir).catch(() => []);
  return Promise.all(
    entries.filter((name) => name.endsWith('.json')).map((name) => readLock(join(dir, name))),
  );
}

/** Removes the locks of the dead, and says who among the living holds the stack. */
export async function freeDeadLocks(locks: readonly StackLock[]): Promise<StackLock | undefined> {
  for (const { path, alive } of locks) if (!alive) await rm(path, { force: true });
  return locks.find(({ alive }) => alive);
}

async function readLock(path: string): Promise<StackLock> {
  try {
    const lock = lockSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    const holder = `process ${lock.pid} of ${lock.username} on ${lock.hostname}, since ${lock.timestamp}`;
    const elsewhere = lock.hostname !== hostname();
    return { path, pid: lock.pid, holder, alive: elsewhere || (await identityOf(lock.pid)) !== undefined };
  } catch {
    return { path, pid: 0, holder: `somebody (${path} says who)`, alive: true };
  }
}
