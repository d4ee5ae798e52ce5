import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { LocalHost } from '../../infra/targets/local/host.ts';
import { LocalRun, needsLocalHosts } from '../integration/environments/local-fixture.ts';
import { needs } from '../support/needs.ts';

/*
 * The host's own apt and dpkg, and a repository signed as PGDG's is; what its packages hold are stand-ins. Nothing of it is fetched
 * from the internet, which hosts here do not reach.
 */

const run = promisify(execFile);
const REPOSITORY = '/srv/repository';
const KEY = '/usr/share/postgresql-common/pgdg/apt.postgresql.org.asc';
const [SERVER, POSTGIS] = ['postgresql-17', 'postgresql-17-postgis-3'] as const;

async function programs(): Promise<boolean> {
  for (const name of ['gpg', 'gpgv', 'apt-get', 'dpkg-deb'])
    if (!needs(name, 'to try an installation by apt')) return false;
  return needsLocalHosts();
}

/** A package with these files. @returns its paragraph of `Packages` */
async function packed(
  dir: string,
  name: string,
  files: Record<string, string>,
  depends = '',
): Promise<string> {
  const [tree, file] = [join(dir, name), `${name}.deb`];
  const control = `Package: ${name}\nVersion: 1-0\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\n${depends === '' ? '' : `Depends: ${depends}\n`}Description: a stand-in\n`;
  for (const [path, text] of Object.entries({ ...files, 'DEBIAN/control': control })) {
    await mkdir(join(tree, path, '..'), { recursive: true });
    await writeFile(join(tree, path), text, { mode: path.startsWith('DEBIAN') ? 0o644 : 0o755 });
  }
  await run('dpkg-deb', ['--build', '--root-owner-group', tree, join(dir, 'repository', file)]);
  const deb = await readFile(join(dir, 'repository', file));
  return `${control}Filename: ./${file}\nSize: ${deb.length}\nSHA256: ${sha256(deb)}\n`;
}

function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Text of a `Release` for one list of packages below `list`. */
function release(suite: string, list: string, packages: string): string {
  return `Suite: ${suite}\nCodename: ${suite}\nArchitectures: all amd64\nComponents: main\nDate: ${new Date().toUTCString()}\nSHA256:\n ${sha256(packages)} ${Buffer.byteLength(packages)} ${list}\n`;
}

/** `repository`, to be unpacked at REPOSITORY: what the distribution has, and what PGDG has, which are signed by one key. */
async function repository(dir: string): Promise<string> {
  await mkdir(join(dir, 'repository'), { recursive: true });
  const home = join(dir, 'gnupg');
  await mkdir(home, { mode: 0o700 });
  const gpg = (...args: string[]) => run('gpg', ['--homedir', home, '--batch', '--yes', ...args]);
  await gpg('--passphrase', '', '--quick-generate-key', 'nobody@example.org', 'ed25519', 'sign', 'never');
  const { stdout: key } = await gpg('--armor', '--export');
  await gpg('--output', join(dir, 'repository', 'key.gpg'), '--export');
  const suites = {
    distribution: [
      await packed(dir, 'postgresql-common', { [KEY.slice(1)]: key }),
      await packed(dir, 'ca-certificates', {}),
    ],
    'bookworm-pgdg': [
      await packed(dir, SERVER, { 'usr/lib/postgresql/17/bin/initdb': '#!/bin/sh\n' }),
      await packed(dir, POSTGIS, { 'usr/lib/postgresql/17/lib/postgis-3.so': '' }, SERVER),
    ],
  };
  for (const [suite, paragraphs] of Object.entries(suites)) {
    const place = join(dir, 'repository', 'dists', suite);
    const list = join(place, 'main', 'binary-amd64');
    await mkdir(list, { recursive: true });
    const packages = paragraphs.join('\n');
    await writeFile(join(list, 'Packages'), packages);
    await writeFile(join(place, 'Release'), release(suite, 'main/binary-amd64/Packages', packages));
    await gpg('--clearsign', '--output', join(place, 'InRelease'), join(place, 'Release'));
  }
  const { stdout } = await run('sh', ['-c', `tar -C '${join(dir, 'repository')}' -cz . | base64 -w0`], {
    maxBuffer: 64 * 1024 ** 2,
  });
  return stdout;
}

/** A host of Debian's as if it had just been installed. */
const FRESH = `set -e
mkdir -p /var/lib/dpkg/info /var/lib/dpkg/updates /var/lib/dpkg/triggers /var/lib/apt/lists/partial /var/cache/apt/archives/partial /var/log/apt /srv
: >/var/lib/dpkg/status
: >/var/lib/dpkg/available
rm -f /etc/apt/sources.list /etc/apt/sources.list.d/* ${KEY} ${KEY.replace(/asc$/, 'gpg')}
rm -f /etc/os-release
printf 'VERSION_CODENAME=bookworm\\n' >/etc/os-release
echo 'APT::Sandbox::User "root";' >/etc/apt/apt.conf.d/99-as-root`;

describe.runIf(await programs())('a host that is to have packages of PGDG', () => {
  let script: string;
  beforeAll(async () => {
    const part = new URL('../../infra/targets/cloud/pgdg.sh', import.meta.url);
    script = `home=/opt/rehearse; mkdir -p $home; say() { printf 'note: %s\\n' "$1"; }
fail() { printf '\\nrehearse-error %s %s\\n' "$1" "$2" >&2; exit 1; }
${await readFile(part, 'utf8')}`;
  });

  type Install = (packages: string, pgdg: string, before?: string) => Promise<string>;
  const fresh = async (more = ''): Promise<Install> => {
    const hosts = await LocalRun.start();
    onTestFinished(() => hosts.remove());
    const host: LocalHost = await hosts.host('primary');
    expect(await hosts.ssh(host, `(${FRESH}\n${more}\n) 2>&1 || echo failed`)).toBe('');
    return (packages, pgdg, before = ':') =>
      hosts.ssh(
        host,
        `(set -eu; ${before}; packages='${packages}' major=17 pgdg='${pgdg}'\n${script}\n) 2>&1`,
      );
  };
  const withRepository = async (): Promise<Install> => {
    const dir = await mkdtemp(join(tmpdir(), 'pgdg-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    return fresh(`mkdir -p ${REPOSITORY}; echo '${await repository(dir)}' | base64 -d | tar -xz -C ${REPOSITORY}
echo 'deb [signed-by=${REPOSITORY}/key.gpg] file:${REPOSITORY} distribution main' >/etc/apt/sources.list`);
  };

  it('has them afterwards by its own apt, with the key of its own distribution, and says which', async () => {
    const install = await withRepository();
    const told = `note: it has from PGDG: ${SERVER} 1-0, ${POSTGIS} 1-0.`;
    expect(await install(POSTGIS, `file:${REPOSITORY}`)).toBe(told);
    // As after an answer that was lost: nothing is fetched again.
    expect(await install(POSTGIS, 'file:/nowhere')).toBe(told);
  }, 60_000);

  it('says what apt says of a package that PGDG does not have, and where it does not get out', async () => {
    const install = await withRepository();
    expect(await install('postgresql-17-nothing', `file:${REPOSITORY}`)).toBe(
      'rehearse-error POSTGRES_NOT_FOUND postgres.packages cannot be installed on the host: apt-get install: E: Unable to locate package postgresql-17-nothing',
    );
    expect(await install(SERVER, 'http://127.0.0.1:9')).toMatch(
      /^rehearse-error POSTGRES_NOT_FOUND postgres\.packages cannot be installed on the host: apt-get update: E: Failed to fetch http:\/\/127\.0\.0\.1:9\/dists\/bookworm-pgdg\/InRelease .*Connection refused/,
    );
  }, 60_000);

  it('is refused where it has no apt', async () => {
    const install = await fresh(
      'mkdir /opt/bin; for p in /usr/bin/*; do [ "${p##*/}" = apt-get ] || ln -s $p /opt/bin/; done',
    );
    expect(await install(SERVER, 'file:/nowhere', 'PATH=/opt/bin')).toBe(
      'rehearse-error POSTGRES_NOT_FOUND postgres.packages cannot be installed on the host: it has no apt-get, and they are packages of Debian and Ubuntu',
    );
  }, 60_000);
});
