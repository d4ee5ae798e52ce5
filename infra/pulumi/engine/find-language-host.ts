import { dirname, join } from 'node:path';
import { cachedBehind, cachedFolder, readCached } from './cache.ts';
import type { EngineFile } from './find-cli.ts';
import { allOnPath, fileOf, isExecutable, realPath, type Env } from './places.ts';
import { CLI_VERSION, LANGUAGE_HOST_VERSION } from './versions.ts';

const PROGRAM = 'pulumi-language-nodejs';

/**
 * The program by which the CLI runs a project of TypeScript: beside the CLI, where releases have it, else on PATH, else in
 * the cache.
 */
export async function findLanguageHost(cli: EngineFile, env: Env): Promise<EngineFile | undefined> {
  for (const folder of new Set([dirname(cli.path), dirname(await realPath(cli.path))])) {
    const path = join(folder, fileOf(PROGRAM));
    if (!(await isExecutable(path))) continue;
    return (await cachedBehind(path, PROGRAM)) ?? { path, version: cli.version, origin: 'path' };
  }
  const [onPath] = await allOnPath(PROGRAM, env);
  if (onPath !== undefined) {
    return (await cachedBehind(onPath, PROGRAM)) ?? { path: onPath, version: 'unknown', origin: 'path' };
  }
  return (
    (await readCached(cachedFolder('pulumi', CLI_VERSION, env), PROGRAM)) ??
    (await readCached(cachedFolder(PROGRAM, LANGUAGE_HOST_VERSION, env), PROGRAM))
  );
}
