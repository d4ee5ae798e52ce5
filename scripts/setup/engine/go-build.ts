import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  cachedFolder,
  engineCacheDir,
  programIn,
  type EngineProgram,
} from '../../../infra/pulumi/engine/cache.ts';
import type { Env } from '../../../infra/pulumi/engine/places.ts';
import { CLI_VERSION, LANGUAGE_HOST_VERSION } from '../../../infra/pulumi/engine/versions.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { formatBytes, plural } from '../../shared/text/format.ts';
import { runTool } from '../run-tool.ts';
import { task, type Log } from '../tasks.ts';
import { requireSpace } from './disk-space.ts';
import { findGo, type Go } from './go.ts';
import { intoCache } from './into-cache.ts';

const BUILD_MS = 40 * 60_000;
const MB = 1024 ** 2;
/** For this machine, with nothing of the user's other Go projects. */
const BUILD_ENV = { CGO_ENABLED: '0', GOWORK: 'off', GOOS: undefined, GOARCH: undefined } as const;

/** One program that can be built from the Go module in the folder `module` beside this file. */
interface Recipe {
  readonly program: EngineProgram;
  readonly version: string;
  readonly module: string;
  readonly package: string;
  /** Where Go keeps this module once it is downloaded, below GOMODCACHE. */
  readonly keptAs: string;
  readonly moduleBytes: number;
  readonly buildBytes: number;
  readonly programBytes: number;
  /** On two cores. */
  readonly usually: string;
}

const SDK = 'github.com/pulumi/pulumi/sdk/v3';

export const RECIPES: Readonly<Record<EngineProgram, Recipe>> = {
  pulumi: {
    program: 'pulumi',
    version: CLI_VERSION,
    module: 'pulumi',
    package: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
    keptAs: `github.com/pulumi/pulumi/pkg/v3@v${CLI_VERSION}`,
    moduleBytes: 2_000 * MB,
    buildBytes: 1_700 * MB,
    programBytes: 120 * MB,
    usually: 'about 6 minutes on two cores',
  },
  'pulumi-language-nodejs': {
    program: 'pulumi-language-nodejs',
    version: LANGUAGE_HOST_VERSION,
    module: 'language-nodejs',
    package: `${SDK}/nodejs/cmd/pulumi-language-nodejs`,
    keptAs: `${SDK}@v${LANGUAGE_HOST_VERSION}`,
    moduleBytes: 250 * MB,
    buildBytes: 300 * MB,
    programBytes: 20 * MB,
    usually: 'about a minute',
  },
};

/**
 * Builds a program through Go modules, pinned by the `go.sum` beside this file, and puts it into the cache.
 * @throws the signal's reason, ENGINE_NOT_FOUND, DISK_FULL
 */
export async function buildWithGo(
  recipe: Recipe,
  { env, signal, log }: { readonly env: Env; readonly signal: AbortSignal; readonly log: Log },
): Promise<void> {
  const { program, version, usually } = recipe;
  const cwd = join(import.meta.dirname, recipe.module);
  const go = await findGo(cwd, env, signal);
  const diskBytes = await diskNeeds(recipe, go, env);
  if (diskBytes >= MB * 1_000) {
    log(
      `Go's caches will grow by up to ${formatBytes(diskBytes)}; go clean -cache -modcache empties them afterwards`,
    );
  }
  const entry = { version, origin: 'built', programs: [program] } as const;
  const label = `building ${program} ${version} with Go ${go.version}, once (${usually})`;
  await task(label, log, (progress) =>
    intoCache(cachedFolder(program, version, env), entry, async (folder) => {
      const output = programIn(folder, program);
      const scratch = join(folder, 'go-tmp'); // Go leaves its own where it is ended by force
      await mkdir(scratch);
      const args = ['build', '-v', '-mod=readonly', ...flags(version), '-o', output, recipe.package];
      const { ok, complaint } = await runTool(go.path, args, {
        cwd,
        env: { ...env, ...BUILD_ENV, GOTMPDIR: scratch },
        signal,
        timeoutMs: BUILD_MS,
        onComplaint: goProgress(progress),
      });
      if (!ok) throw buildFailed(program, complaint);
      await rm(scratch, { recursive: true, force: true });
    }),
  );
}

function flags(version: string): string[] {
  const variable = `${SDK}/go/common/version.Version`;
  return ['-trimpath', '-tags', 'osusergo,grpcnotrace', '-ldflags', `-s -w -X ${variable}=v${version}`];
}

/** What will be written, at most; refuses when there is no room for it. */
async function diskNeeds(recipe: Recipe, go: Go, env: Env): Promise<number> {
  const kept = await stat(join(go.moduleCache, recipe.keptAs)).catch(() => undefined);
  const moduleBytes = kept === undefined ? recipe.moduleBytes : 0;
  await requireSpace(
    [
      { folder: go.moduleCache, bytes: moduleBytes },
      { folder: go.buildCache, bytes: recipe.buildBytes },
      { folder: engineCacheDir(env), bytes: recipe.programBytes },
    ],
    `building ${recipe.program}`,
  );
  return moduleBytes + recipe.buildBytes;
}

/** Go tells each module that it downloads and, with -v, each package that it compiles. */
function goProgress(progress: (detail: string) => void): (line: string) => void {
  let modules = 0;
  let packages = 0;
  return (line) => {
    if (line.startsWith('go: downloading ')) modules += 1;
    else packages += 1;
    const downloaded = modules === 0 ? '' : `${plural(modules, 'module')} downloaded, `;
    progress(`${downloaded}${plural(packages, 'package')} compiled`);
  };
}

function buildFailed(program: string, complaint: string): RehearsalError {
  if (/no space left on device/i.test(complaint)) {
    return new RehearsalError('DISK_FULL', `no space was left on the device while ${program} was built`, {
      hint: 'free some, or set GOMODCACHE, GOCACHE and TMPDIR to folders with more, then npm run setup',
    });
  }
  return new RehearsalError('ENGINE_NOT_FOUND', `go build of ${program} failed:\n${complaint}`, {
    hint: 'check that the Go module proxy is reachable (go env GOPROXY), then npm run setup',
  });
}
