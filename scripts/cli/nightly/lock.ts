import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { identityOf, isAlive, processIdentitySchema } from '../../../infra/process-identity.ts';
import { sleep } from '../../shared/clock.ts';

const LOCK_FILE = '.nightly.lock';
const LOOK_AGAIN_MS = 1_000;

const claimSchema = processIdentitySchema.extend({ since: z.string() });
export type NightClaim = z.infer<typeof claimSchema>;

/**
 * Waits until no other night goes on in this folder of runs, then holds it. The lock of a process that is dead is taken over.
 * @param onWait called once, with who holds it
 * @returns what lets it go; it removes its own claim alone
 * @throws the signal's reason
 */
export async function holdNight(
  outDir: string,
  signal: AbortSignal,
  onWait: (holder: NightClaim) => void,
): Promise<() => Promise<void>> {
  const path = join(outDir, LOCK_FILE);
  const text = JSON.stringify({ ...(await identityOf(process.pid)), since: new Date().toISOString() });
  let hasWaited = false;
  while (!(await put(path, text))) {
    signal.throwIfAborted();
    const told = await readFile(path, 'utf8').catch(() => '');
    const holder = claimOf(told);
    if (holder === undefined || !(await isAlive(holder))) {
      if (told !== '') await takeAway(path, told);
      continue;
    }
    if (!hasWaited) onWait(holder);
    hasWaited = true;
    await sleep(LOOK_AGAIN_MS, signal);
  }
  return () => takeAway(path, text);
}

/** The whole claim at once or nothing: nobody reads half of it. */
async function put(path: string, text: string): Promise<boolean> {
  const own = `${path}.${process.pid}`;
  await writeFile(own, text);
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** Removes exactly that claim; another that stands there by then is put back. */
async function takeAway(path: string, text: string): Promise<void> {
  const aside = `${path}.${process.pid}.old`;
  await rename(path, aside).catch(() => undefined);
  const found = await readFile(aside, 'utf8').catch(() => undefined);
  if (found !== undefined && found !== text) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function claimOf(text: string): NightClaim | undefined {
  try {
    return claimSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
