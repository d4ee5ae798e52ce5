import { OLDEST_GO, isAtLeast, parseVersion } from '../../../infra/pulumi/engine/versions.ts';
import { allOnPath, type Env } from '../../../infra/pulumi/engine/places.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { runTool } from '../run-tool.ts';

/** Go may download a newer toolchain of itself when it is asked for its version in a module that wants one. */
const ASK_MS = 5 * 60_000;
const REMEDY =
  'install Pulumi (https://www.pulumi.com/docs/install/) ' +
  `or Go ${OLDEST_GO} or newer (https://go.dev/dl/), then npm run setup`;

/** A Go that can build the engine. */
export interface Go {
  readonly path: string;
  readonly version: string;
  readonly moduleCache: string;
  readonly buildCache: string;
}

/**
 * The Go on PATH, as it is inside the module at `cwd`.
 * @throws ENGINE_NOT_FOUND when there is none or it is too old
 */
export async function findGo(cwd: string, env: Env, signal: AbortSignal): Promise<Go> {
  const [path] = await allOnPath('go', env);
  if (path === undefined) throw notBuilt('there is no Go on PATH to build it with');
  const args = ['env', 'GOVERSION', 'GOMODCACHE', 'GOCACHE'];
  const { ok, stdout, complaint } = await runTool(path, args, { cwd, env, signal, timeoutMs: ASK_MS });
  const [said = '', moduleCache = '', buildCache = ''] = stdout.trim().split('\n');
  const version = parseVersion(said);
  if (!ok || version === undefined) throw notBuilt(`${path} does not say its version: ${complaint}`);
  if (!isAtLeast(version, OLDEST_GO)) throw notBuilt(`${path} is Go ${version}, too old to build it with`);
  return { path, version, moduleCache, buildCache };
}

function notBuilt(why: string): RehearsalError {
  return new RehearsalError('ENGINE_NOT_FOUND', why, { hint: REMEDY });
}
