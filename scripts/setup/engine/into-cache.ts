import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  MANIFEST,
  programIn,
  type CachedOrigin,
  type EngineProgram,
  type manifestSchema,
} from '../../../infra/pulumi/engine/cache.ts';
import type { z } from 'zod';
import { RehearsalError } from '../../shared/errors.ts';

/** What `fill` puts into the folder. */
interface CacheEntry {
  readonly version: string;
  readonly origin: CachedOrigin;
  readonly programs: readonly EngineProgram[];
}

/**
 * Makes a folder of the cache: `fill` works in a temporary one, which gets its name when it is whole. Whatever goes wrong,
 * nothing half-written is left. Call it under the cache's lock.
 */
export async function intoCache(
  folder: string,
  entry: CacheEntry,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = join(dirname(folder), `.${basename(folder)}.${randomUUID()}.tmp`);
  try {
    await mkdir(join(temporary, 'bin'), { recursive: true });
    await fill(temporary);
    await writeFile(join(temporary, MANIFEST), JSON.stringify(await manifest(temporary, entry)));
    await rm(folder, { recursive: true, force: true }); // only a damaged one can be there
    await rename(temporary, folder);
  } catch (error) {
    throw asDiskFull(error, dirname(folder));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Removes what a set-up left that was killed half-way. Call it under the cache's lock. */
export async function removeHalfWritten(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (name.startsWith('.') && name.endsWith('.tmp')) {
      await rm(join(cache, name), { recursive: true, force: true });
    }
  }
}

async function manifest(folder: string, entry: CacheEntry): Promise<z.infer<typeof manifestSchema>> {
  const programs: Record<string, number> = {};
  for (const program of entry.programs) programs[program] = (await stat(programIn(folder, program))).size;
  return { version: entry.version, origin: entry.origin, programs };
}

function asDiskFull(error: unknown, cache: string): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') return error;
  return new RehearsalError('DISK_FULL', `no space is left in ${cache}`, {
    hint: 'free some, or set XDG_CACHE_HOME to a folder with more, then npm run setup',
    cause: error,
  });
}
