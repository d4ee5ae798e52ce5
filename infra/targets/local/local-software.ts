import { access, chmod, cp, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { findBinaries, type Binaries } from '../../postgres/binaries.ts';
import { makeLibraryLinks } from '../../postgres/library-links.ts';
import type { HostSoftware, Share } from '../../contract/hosts.ts';
import type { EnvironmentSpec } from '../../contract/target.ts';

export const NODE = '/opt/rehearse/node';
const POSTGRES = '/opt/rehearse/postgres';
/** The hosts see the machine's own packages at the same place. */
const SYSTEM = /^\/usr\//;
const OTHERS_MAY_READ = 0o005;

/** Node.js and PostgreSQL of this machine, as its hosts see them. @throws POSTGRES_NOT_FOUND */
export async function localSoftware(spec: EnvironmentSpec, folder: string): Promise<HostSoftware> {
  const binaries = await findBinaries(spec.postgres);
  const { version, major } = binaries;
  const { binDir, share } = await postgresOnHosts(binaries, folder);
  return {
    nodePath: NODE,
    postgres: { binDir, version, major, statistics: await hasStatistics(binaries) },
    share: [await sharedNode(), ...share],
  };
}

/** Node.js of this machine. */
export async function sharedNode(): Promise<Share> {
  return { from: await realpath(process.execPath), to: NODE };
}

async function postgresOnHosts(
  { binDir, origin }: Binaries,
  folder: string,
): Promise<{ binDir: string; share: Share[] }> {
  if (SYSTEM.test(binDir)) return { binDir, share: [] };
  const prefix = dirname(await realpath(binDir));
  const from = origin === 'npm' ? await readablePrefix(prefix, join(folder, 'postgres')) : prefix;
  return { binDir: join(POSTGRES, basename(binDir)), share: [{ from, to: POSTGRES }] };
}

/** The package from npm, or a copy of it where its links cannot be made or its modes keep the server's user out. */
async function readablePrefix(prefix: string, copy: string): Promise<string> {
  const { mode } = await stat(join(prefix, 'bin', 'postgres'));
  const readable = (mode & OTHERS_MAY_READ) === OTHERS_MAY_READ;
  if (readable && (await makeLibraryLinks(prefix))) return prefix;
  const native = join(copy, 'native');
  await cp(prefix, native, { recursive: true, verbatimSymlinks: true, force: true });
  await chmod(native, 0o755);
  for (const entry of await readdir(native, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory() || entry.parentPath.endsWith('/bin')) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, 0o644);
  }
  await makeLibraryLinks(native);
  return native;
}

async function hasStatistics({ binDir }: Binaries): Promise<boolean> {
  const lib = join(binDir, '..', 'lib');
  for (const dir of [lib, join(lib, 'postgresql')]) {
    const found = await access(join(dir, 'pg_stat_statements.so')).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
