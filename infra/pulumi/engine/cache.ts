import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { cacheDir, fileOf, isExecutable, realPath, type Env } from './places.ts';

/** Programs that set-up puts into the cache. */
export type EngineProgram = 'pulumi' | 'pulumi-language-nodejs';

/** How a program got into the cache: from the official release, or built from its sources. */
export type CachedOrigin = 'download' | 'built';

interface CachedProgram {
  readonly path: string;
  readonly version: string;
  readonly origin: CachedOrigin;
}

/** Written last, so that its presence says that the folder is whole. `programs` holds the size of each in bytes. */
export const MANIFEST = 'origin.json';

export const manifestSchema = z.object({
  version: z.string(),
  origin: z.enum(['download', 'built']),
  programs: z.record(z.string(), z.int().positive()),
});

export function engineCacheDir(env: Env): string {
  return join(cacheDir(env), 'engine');
}

/** `…/engine/pulumi-3.259.0-linux-x64`; programs are in `bin` below it, as the Automation API likes it. */
export function cachedFolder(program: EngineProgram, version: string, env: Env): string {
  return join(engineCacheDir(env), `${program}-${version}-${process.platform}-${process.arch}`);
}

export function programIn(folder: string, program: EngineProgram): string {
  return join(folder, 'bin', fileOf(program));
}

/** Undefined where the folder has no such program, or one that was cut short. */
export async function readCached(folder: string, program: EngineProgram): Promise<CachedProgram | undefined> {
  const path = programIn(folder, program);
  try {
    const { version, origin, programs } = manifestSchema.parse(
      JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')),
    );
    const { size } = await stat(path);
    if (size !== programs[program] || !(await isExecutable(path))) return undefined;
    return { path, version, origin };
  } catch {
    return undefined; // not there, or from a version of this project that wrote something else
  }
}

/** The same for a program found elsewhere, such as by a link: is it one of the cache's? */
export async function cachedBehind(path: string, program: EngineProgram): Promise<CachedProgram | undefined> {
  const cached = await readCached(dirname(dirname(await realPath(path))), program);
  return cached && { ...cached, path };
}
