import { chmod, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withConnection } from '../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import type { PostgresSpec } from '../../../scripts/plan/model.ts';
import type { EnvironmentSpec } from '../../../infra/contract/target.ts';

/** Points TMPDIR to a folder of its own, so that a test sees its own run folders only. */
export async function privateTmpdir(): Promise<{ path: string; remove: () => Promise<void> }> {
  const before = process.env['TMPDIR'];
  const path = await mkdtemp(join(before ?? '/tmp', 'embedded-test-'));
  await chmod(path, 0o755);
  process.env['TMPDIR'] = path;
  return {
    path,
    remove: async () => {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
      await rm(path, { recursive: true, force: true });
    },
  };
}

let made = 0;

export function specOf(
  postgres: Partial<Omit<PostgresSpec, 'settings'>> & { settings?: Record<string, string> } = {},
): EnvironmentSpec {
  const settings = Object.entries(postgres.settings ?? {}).map(([name, value]) => ({ name, value }));
  return {
    runId: `demo-20261120-100000-${String(made++).padStart(4, '0')}`,
    postgres: { standby: false, ...postgres, settings },
    hosts: {},
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  };
}

export function neverAborted(): AbortSignal {
  return new AbortController().signal;
}

export async function show(endpoint: PgEndpoint, names: readonly string[]): Promise<Record<string, string>> {
  return withConnection(endpoint, 'setup', async (client) => {
    const { rows } = await client.query<{ name: string; shown: string }>(
      'select name, current_setting(name) as shown from unnest($1::text[]) as name',
      [names],
    );
    return Object.fromEntries(rows.map(({ name, shown }) => [name, shown]));
  });
}

/** The pids of all processes that work below a folder, found without the code under test; none where there is no /proc. */
export async function pidsBelow(folder: string): Promise<number[]> {
  const pids: number[] = [];
  for (const entry of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(entry)) continue;
    const cwd = await readlink(`/proc/${entry}/cwd`).catch(() => '');
    if (cwd.startsWith(`${folder}/`)) pids.push(Number(entry));
  }
  return pids;
}

/** The pid of the server in a run folder, as PostgreSQL itself wrote it down. */
export async function serverPid(runFolder: string): Promise<number> {
  const lockFile = await readFile(join(runFolder, 'data', 'postmaster.pid'), 'utf8');
  return Number(lockFile.split('\n')[0]);
}
