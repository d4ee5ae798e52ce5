import { cachedBehind, cachedFolder, readCached } from './cache.ts';
import { allOnPath, type Env } from './places.ts';
import { cliVersion } from './program-version.ts';
import { ACCEPTED_CLI, CLI_VERSION, isAcceptedCli } from './versions.ts';

/** A program and where it comes from; `path` = it was on PATH and is none of ours. */
export interface EngineFile {
  readonly path: string;
  readonly version: string;
  readonly origin: 'path' | 'download' | 'built';
}

interface CliSearch {
  readonly cli: EngineFile | undefined;
  /** One line for each that stands on PATH before it and will not do. */
  readonly passedOver: readonly string[];
}

/** The first CLI on PATH whose version will do, else the one in the cache. */
export async function findCli(env: Env): Promise<CliSearch> {
  const passedOver: string[] = [];
  for (const path of await allOnPath('pulumi', env)) {
    const ours = await cachedBehind(path, 'pulumi');
    if (ours !== undefined) return { cli: ours, passedOver };
    const version = await cliVersion(path, env);
    if (version !== undefined && isAcceptedCli(version)) {
      return { cli: { path, version, origin: 'path' }, passedOver };
    }
    const why = version === undefined ? 'does not say its version' : `is version ${version}`;
    passedOver.push(`${path} ${why}; passed over (wanted: ${ACCEPTED_CLI})`);
  }
  return { cli: await readCached(cachedFolder('pulumi', CLI_VERSION, env), 'pulumi'), passedOver };
}
