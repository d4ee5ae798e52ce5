import { chown, cp, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { embeddedTarget } from '../../../infra/targets/embedded/embedded-target.ts';
import type { HereEnvironment } from '../../../infra/contract/target.ts';
import { newRunId } from '../../../scripts/artifacts/run-id.ts';
import type { SnapshotRecord } from '../../../scripts/artifacts/records/records.ts';
import { withConnection } from '../../../scripts/pg/client.ts';
import type { SnapshotSource } from '../../../scripts/plan/model.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { openPhysical } from '../../../scripts/snapshot/physical/open-physical.ts';
import { restoreSnapshot } from '../../../scripts/snapshot/restore.ts';
import { SYSTEM_POSTGRES } from '../../support/database/system-postgres.ts';
import type { Production } from './production-fixture.ts';
import { runSql } from './snapshot-fixture.ts';

export type Physical = Extract<SnapshotSource, { kind: 'physical' }>;
const isRoot = process.getuid?.() === 0;

/** Lets the server speak TLS, by a certificate for its address that is its own root. @returns the certificate's path */
export async function certified(production: Production, folder: string): Promise<string> {
  const tls = await production.folder('tls');
  const { uid, gid } = await stat(tls);
  const [cert, key] = [join(tls, 'tls.crt'), join(tls, 'tls.key')];
  const names = ['-subj', '/CN=shop', '-addext', `subjectAltName=IP:${production.endpoint.host}`];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await execa('openssl', ['req', '-x509', ...kind, ...names, '-keyout', key, '-out', cert]);
  await Promise.all([cert, key].map((path) => chown(path, uid, gid)));
  for (const [name, value] of [
    ['ssl_cert_file', cert],
    ['ssl_key_file', key],
    ['ssl', 'on'],
  ] as const)
    await runSql(production.endpoint, `alter system set ${name} to '${value}'`);
  await runSql(production.endpoint, 'select pg_reload_conf()');
  const root = join(folder, 'root.crt');
  await cp(cert, root);
  await sleep(500);
  return root;
}

export async function runProgram(name: string, url: string, args: readonly string[]): Promise<void> {
  await execa(join(SYSTEM_POSTGRES.binDir, name), [`--dbname=${url}`, ...args]);
}

export interface Restored {
  readonly record: SnapshotRecord;
  /** Event triggers and how they are enabled. */
  readonly triggers: readonly string[];
  /** The owner of the database's tables. */
  readonly owner: string;
}

export function quiet(shown: string) {
  return { shown, env: {}, onProgress: () => undefined };
}

/** The copy on a server of the target `embedded`, as a run begins. */
export async function rehearse(
  source: Physical,
  use: (environment: HereEnvironment) => Promise<void> = async () => Promise.resolve(),
): Promise<Restored> {
  const signal = AbortSignal.timeout(120_000);
  const environment = embeddedTarget.environment({
    runId: newRunId('physical'),
    postgres: { settings: [], standby: false },
    hosts: {},
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    physical: () =>
      openPhysical(
        source.confined === undefined && !isRoot ? { ...source, confined: false } : source,
        quiet('it'),
      ),
  });
  try {
    const running = await environment.up(signal);
    await running.switchTo('restore', signal);
    const { primary, restoreSettings: settings, copy, scratchDir } = running;
    const record = await restoreSnapshot({
      source,
      dir: scratchDir,
      environment: {},
      enclose: null,
      endpoint: primary,
      settings,
      copy,
      jobs: 1,
      scratchDir,
      signal,
      onProgress: () => undefined,
    });
    await running.switchTo('rehearse', signal);
    await use(running);
    return await withConnection(primary, 'setup', async (client) => {
      const triggers = await client.query<{ line: string }>(
        "select evtname || ' ' || evtenabled::text as line from pg_event_trigger order by 1",
      );
      const owner = await client.query<{ owner: string }>(
        "select pg_get_userbyid(relowner) as owner from pg_class where relname = 'orders'",
      );
      return {
        record,
        triggers: triggers.rows.map(({ line }) => line),
        owner: owner.rows[0]?.owner ?? '',
      };
    });
  } finally {
    await environment.destroy();
  }
}
