import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { withoutForeign } from '../../../scripts/shared/descriptors.ts';
import { shellWord } from '../../ssh/quote.ts';
import type { HostSoftware, Share } from '../../contract/hosts.ts';
import type { EnvironmentSpec } from '../../contract/target.ts';
import { cacheDir } from '../../pulumi/engine/places.ts';
import { localSoftware, NODE, sharedNode } from '../local/local-software.ts';

/** Of the PostgreSQL project, for Debian and Ubuntu: https://wiki.postgresql.org/wiki/Apt */
const PGDG = 'https://apt.postgresql.org/pub/repos/apt';
const HOME = '/opt/rehearse';
const ARCHIVE = `${HOME}/software.tar.gz`;
const PACK_MS = 300_000;

/**
 * Node.js and PostgreSQL of this machine as one archive for the hosts, which then need nothing from the internet. It is kept in the
 * user's cache for the next run.
 * @param lifeMs from the order of a host to its expiry
 * @throws POSTGRES_NOT_FOUND, TARGET_UNAVAILABLE where this machine's programs would not run there
 */
export async function shippedSoftware(
  spec: EnvironmentSpec,
  folder: string,
  lifeMs: number,
): Promise<HostSoftware> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new RehearsalError(
      'TARGET_UNAVAILABLE',
      `its hosts run programs of this machine, and this is ${process.platform} ${process.arch}`,
      { hint: 'start it from Linux on x64, such as a CI job' },
    );
  }
  const { packages, version: major } = spec.postgres;
  if (packages !== undefined && major !== undefined) return pgdgSoftware(packages, major, lifeMs);
  const { share, ...software } = await localSoftware(spec, folder);
  if (!share.some(({ to }) => to.startsWith(`${HOME}/postgres`))) throw notShipped(software.postgres.version);
  const archive = await packed(share, [process.version, software.postgres.version]);
  const install = await installScript(['host-setup.sh', 'firewall.sh'], lifeOf(lifeMs));
  return { ...software, share: [], ship: { archive, to: ARCHIVE }, install };
}

/** Node.js is sent; PostgreSQL and the packages are installed by each host before its firewall closes the way out. */
async function pgdgSoftware(
  packages: readonly string[],
  major: number,
  lifeMs: number,
): Promise<HostSoftware> {
  const archive = await packed([await sharedNode()], [process.version]);
  const binDir = `/usr/lib/postgresql/${major}/bin`;
  return {
    nodePath: NODE,
    postgres: { binDir, version: String(major), major, statistics: true },
    share: [],
    ship: { archive, to: ARCHIVE },
    install: await installScript(['host-setup.sh', 'pgdg.sh', 'firewall.sh'], {
      ...lifeOf(lifeMs),
      packages: packages.join(' '),
      major: String(major),
      pgdg: PGDG,
    }),
  };
}

/** For the timer of a host. */
function lifeOf(lifeMs: number): { readonly life: string } {
  return { life: String(Math.ceil(lifeMs / 1000)) };
}

async function installScript(
  names: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const scripts = names.map((name) => readFile(new URL(name, import.meta.url), 'utf8'));
  const values = Object.entries({ home: HOME, archive: ARCHIVE, ...variables });
  return [
    '',
    ...values.map(([name, value]) => `${name}=${shellWord(value)}`),
    ...(await Promise.all(scripts)),
  ].join('\n');
}

async function packed(share: readonly Share[], versions: readonly string[]): Promise<string> {
  const sizes = await Promise.all(share.map(async ({ from }) => `${from} ${(await stat(from)).size}`));
  const key = createHash('sha256')
    .update([...versions, ...sizes].join('\n'))
    .digest('hex')
    .slice(0, 16);
  const archive = join(cacheDir(process.env), 'software', `${key}.tar.gz`);
  if (await exists(archive)) return archive;
  await mkdir(dirname(archive), { recursive: true, mode: 0o700 });
  const half = `${archive}.${process.pid}`;
  const entries = share.flatMap(({ from }) => ['-C', dirname(from), basename(from)]);
  try {
    await execa('tar', ['-czf', half, ...entries], {
      env: { GZIP: '-1' },
      timeout: PACK_MS,
      stdio: withoutForeign('ignore', 'ignore', 'pipe'),
    });
    await rename(half, archive);
  } finally {
    await rm(half, { force: true });
  }
  return archive;
}

function notShipped(version: string): RehearsalError {
  return new RehearsalError(
    'POSTGRES_NOT_FOUND',
    `PostgreSQL ${version} of this machine's packages cannot be sent to rented hosts: it needs libraries that they lack`,
    {
      hint: `leave postgres.version out for the one that comes with this tool, install it there by postgres.packages: [postgresql-${Number.parseInt(version, 10)}], or name a self-contained tree as postgres.binDir`,
    },
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
