import { access, constants } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RehearsalError } from '../../scripts/shared/errors.ts';
import type { PostgresSpec } from '../../scripts/plan/model.ts';
import { findNpmPackage, type NpmPackage } from './npm-package.ts';
import { requireInstalled } from './installed-packages.ts';
import { runProgram } from './run-program.ts';
import { systemBinDirs } from './system-bin-dirs.ts';

/** A PostgreSQL that can be started: a folder with `initdb` and `postgres`. */
export interface Binaries {
  readonly binDir: string;
  /** `18.4` */
  readonly version: string;
  readonly major: number;
  readonly origin: 'npm' | 'system' | 'binDir';
}

/**
 * `binDir` where one is given; else the npm package when it has the wanted major version and no packages are asked for, else one
 * that is installed.
 * @throws POSTGRES_NOT_FOUND
 */
export async function findBinaries(
  spec: Pick<PostgresSpec, 'binDir' | 'version' | 'packages'>,
): Promise<Binaries> {
  const { binDir, version, packages } = spec;
  if (binDir !== undefined) return givenBinaries(binDir, version);
  if (packages !== undefined) await requireInstalled(packages);
  const npm = packages === undefined ? await findNpmPackage() : undefined;
  if (npm && (version === undefined || npm.major === version)) {
    return { binDir: join(npm.nativeDir, 'bin'), version: npm.version, major: npm.major, origin: 'npm' };
  }
  const looked = await systemBinDirs(version);
  for (const dir of looked) {
    const found = await readBinaries(dir, 'system');
    if (found && (version === undefined || found.major === version)) return found;
  }
  throw notFound(version, npm, looked);
}

/** `postgres (PostgreSQL) 15.18 (Debian …)` → 15.18. */
export function parseVersion(output: string): { version: string; major: number } | undefined {
  const match = /\(PostgreSQL\) ((\d+)\S*)/.exec(output);
  return match?.[1] === undefined ? undefined : { version: match[1], major: Number(match[2]) };
}

async function givenBinaries(binDir: string, version: number | undefined): Promise<Binaries> {
  const found = await readBinaries(binDir, 'binDir');
  if (!found) {
    throw new RehearsalError(
      'POSTGRES_NOT_FOUND',
      `postgres.binDir ${binDir} has no initdb and postgres that run here`,
      {
        hint: 'name the folder that holds both, such as /usr/lib/postgresql/16/bin, or leave postgres.binDir out',
      },
    );
  }
  if (version !== undefined && found.major !== version) {
    throw new RehearsalError(
      'POSTGRES_NOT_FOUND',
      `postgres.binDir ${binDir} has PostgreSQL ${found.version}, but postgres.version asks for ${version}`,
      { hint: 'make the two agree, or leave one of them out' },
    );
  }
  return found;
}

async function readBinaries(binDir: string, origin: Binaries['origin']): Promise<Binaries | undefined> {
  const postgres = join(binDir, 'postgres');
  try {
    await access(postgres, constants.X_OK);
    await access(join(binDir, 'initdb'), constants.X_OK);
  } catch {
    return undefined;
  }
  const options = { cell: undefined, cwd: tmpdir(), timeoutMs: 10_000 };
  const parsed = parseVersion((await runProgram(postgres, ['--version'], options)).output);
  return parsed && { binDir, origin, ...parsed };
}

function notFound(
  version: number | undefined,
  npm: NpmPackage | undefined,
  looked: readonly string[],
): RehearsalError {
  const what = version === undefined ? 'PostgreSQL' : `PostgreSQL ${version}`;
  const places = [npm ? `the npm package (${npm.version})` : 'the npm package', ...looked, 'PATH'];
  const remedies = [`install it (${installCommand(version)})`, 'name its folder as postgres.binDir'];
  if (npm) remedies.push(`write postgres.version: ${npm.major}`);
  return new RehearsalError('POSTGRES_NOT_FOUND', `${what} was not found; looked at ${places.join(', ')}`, {
    hint: remedies.join(', or '),
  });
}

function installCommand(version: number | undefined): string {
  if (process.platform === 'darwin') return `brew install postgresql@${version ?? 18}`;
  return version === undefined ? 'apt-get install postgresql' : `apt-get install postgresql-${version}`;
}
