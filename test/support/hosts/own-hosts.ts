import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { LocalHost } from '../../../infra/targets/local/host.ts';
import { LocalRun } from '../../integration/environments/local-fixture.ts';

/** Two hosts of namespaces that stand for hosts of the user's: nothing of the tool made them. */
export interface OwnHosts {
  readonly run: LocalRun;
  readonly primary: LocalHost;
  readonly driver: LocalHost;
  /** `targets` that names them. */
  readonly targets: { readonly ssh: Readonly<Record<string, unknown>> };
  /** As JSON, for REHEARSE_TARGETS. */
  readonly env: { readonly REHEARSE_TARGETS: string };
}

/** @param through the primary is reached through the driver only @param more of `targets.ssh` */
export async function ownHosts(
  more: Readonly<Record<string, unknown>> = {},
  through = false,
): Promise<OwnHosts> {
  const dir = await mkdtemp(join(tmpdir(), 'own-hosts-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const run = await LocalRun.start();
  onTestFinished(() => run.remove());
  const key = join(dir, 'id_ed25519');
  await writeFile(key, run.key.private, { mode: 0o600 });
  const [primary, driver] = [await run.host('primary'), await run.host('driver')];
  const wayTo = ({ address, hostKey }: LocalHost): object => ({ address, hostKey, key });
  const hosts = {
    primary: { ...wayTo(primary), ...(through ? { jump: wayTo(driver) } : {}) },
    driver: wayTo(driver),
  };
  const targets = { ssh: { hosts, ...more } };
  return { run, primary, driver, targets, env: { REHEARSE_TARGETS: JSON.stringify(targets) } };
}

const DATA = '/var/lib/postgresql/shop';

/** A PostgreSQL of somebody else's on the primary's host, with as many clients, which work as hard as they can for ever. */
export async function foreignPostgres({ run, primary }: OwnHosts, clients: number): Promise<void> {
  const said = await run.ssh(
    primary,
    `set -e; b=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
    as() { setpriv --reuid=postgres --regid=postgres --clear-groups env HOME=/tmp "$@"; }
    mkdir -p ${DATA}; chown postgres ${DATA}
    as $b/initdb -D ${DATA} -A trust -U postgres --no-sync >/dev/null
    as $b/pg_ctl -D ${DATA} -o '-c unix_socket_directories=/tmp' -l ${DATA}/log -w start </dev/null >/dev/null 2>&1
    as $b/pgbench -h /tmp -i -s 1 -q postgres >/dev/null 2>&1
    if [ ${clients} != 0 ]; then
      setsid setpriv --reuid=postgres --regid=postgres --clear-groups $b/pgbench -h /tmp -n -c ${clients} -R 100 -T 3600 postgres </dev/null >/dev/null 2>&1 &
    fi
    sleep 0.5; echo up`,
  );
  if (!said.endsWith('up')) throw new Error(`no PostgreSQL could be started on the host: ${said}`);
}

/** Of the foreign server: its main process, its settings, its files by name, and that it goes on. */
export async function foreignState({ run, primary }: OwnHosts): Promise<string> {
  return run.ssh(
    primary,
    `cd ${DATA}; head -n 4 postmaster.pid; sha256sum postgresql.conf pg_hba.conf postgresql.auto.conf PG_VERSION
    ls -ld ${DATA}; ls base; $(echo /usr/lib/postgresql/*/bin/psql) -h /tmp -U postgres -Atc "select string_agg(name || '=' || setting, ' ' order by name) from pg_settings"`,
  );
}

/** Everything on a host that a run could have left. */
export async function tracesOn(run: LocalRun, host: LocalHost): Promise<string> {
  return run.ssh(
    host,
    `ls -d /var/lib/dress-rehearsal* 2>/dev/null; grep rehearse- /etc/passwd /etc/group; ls /dev/shm | grep -v PostgreSQL
    for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline 2>/dev/null | grep -E 'dress-rehearsal|driver.mjs' | grep -v grep; done; :`,
  );
}
