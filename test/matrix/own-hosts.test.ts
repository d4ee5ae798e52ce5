import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { canRunLocally } from '../e2e/local-fixture.ts';
import { foreignPostgres, foreignState, ownHosts, tracesOn } from '../support/hosts/own-hosts.ts';
import { rehearse, RehearseProcess } from '../support/rehearse-process.ts';
import { tinyRehearsal } from '../support/tiny-rehearsal.ts';

const RENAME = join(import.meta.dirname, '../../rehearsals/rename-column');
const PLAN = '  - { phase: expand, sql: sql/add.sql }\n  - { phase: backfill, soak: 60s }';
const FILES = { 'sql/add.sql': 'alter table customers add column extra int;' };

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'own-hosts-runs-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

describe.skipIf(!(await canRunLocally()))('hosts of one’s own, over SSH', () => {
  it(
    'take a rehearsal beside a PostgreSQL under load, which is as before afterwards, and keep nothing of it',
    { timeout: 280_000 },
    async () => {
      const tmp = await folder();
      const hosts = await ownHosts({ besideProduction: true });
      await foreignPostgres(hosts, 3);
      const before = await foreignState(hosts);
      const args = ['run', RENAME, '--target', 'ssh', '--json', '--out', join(tmp, 'runs')];
      const { code, stdout, stderr } = await rehearse(args, { cwd: tmp, tmp, env: hosts.env });
      // What a busy machine does to the app's latency is not the point here.
      expect([0, 4, 5], stderr).toContain(code);
      const result = JSON.parse(stdout) as {
        target: string;
        steps: { status: string }[];
        environment: object;
        limits: string[];
      };
      expect(result).toMatchObject({ target: 'ssh', environment: { hosts: 2, leftovers: 0 } });
      expect(result.steps.map(({ status }) => status)).toEqual(result.steps.map(() => 'ok'));
      expect(result.limits.join('\n')).toMatch(/Host primary: .* of memory\./);
      expect(result.limits.join('\n')).toMatch(
        /Host primary: Beside it ran a PostgreSQL in \/var\/lib\/postgresql\/shop \(port 5432, 3 clients, \d+ % of a CPU\)/,
      );
      expect(await foreignState(hosts)).toBe(before);
      for (const host of [hosts.primary, hosts.driver]) expect(await tracesOn(hosts.run, host)).toBe('');
    },
  );

  it(
    'reached through a jump host keep nothing of a run that was killed once it has been reaped, with and without this machine’s memory of it',
    { timeout: 180_000 },
    async () => {
      const hosts = await ownHosts({}, true);
      await foreignPostgres(hosts, 0);
      const before = await foreignState(hosts);
      const tiny = await tinyRehearsal(PLAN, FILES);
      onTestFinished(() => tiny.remove());
      const options = { cwd: tiny.dir, tmp: tiny.tmp, target: 'ssh', env: hosts.env };
      for (const forgets of [false, true]) {
        const run = new RehearseProcess(['run', '.'], options);
        const runId = await run.runId();
        await run.says(/step 1\/2 \S+: ok/);
        run.signal('SIGKILL');
        await run.end();
        expect(await tracesOn(hosts.run, hosts.primary)).toContain(runId);
        const session = join(import.meta.dirname, '../../.rehearse/runs', runId);
        expect(existsSync(session)).toBe(true);
        if (forgets) await rm(session, { recursive: true });
        const looked = await rehearse(['reap'], options);
        expect(looked.stdout).toContain(`left     ${runId}  /var/lib/dress-rehearsal/${runId} on `);
        const reaped = await rehearse(['reap', '--execute'], options);
        expect(reaped, reaped.stderr + reaped.stdout).toMatchObject({ code: 0 });
        for (const host of [hosts.primary, hosts.driver]) expect(await tracesOn(hosts.run, host)).toBe('');
        expect(existsSync(session)).toBe(false);
      }
      expect(await foreignState(hosts)).toBe(before);
    },
  );

  it(
    'are refused where their PostgreSQL is in use and nobody said that this is meant',
    { timeout: 90_000 },
    async () => {
      const hosts = await ownHosts();
      await foreignPostgres(hosts, 6);
      const tiny = await tinyRehearsal(PLAN, FILES);
      onTestFinished(() => tiny.remove());
      const { code, stderr } = await rehearse(['run', '.'], {
        cwd: tiny.dir,
        tmp: tiny.tmp,
        target: 'ssh',
        env: hosts.env,
      });
      expect(code).toBe(3);
      expect(stderr).toMatch(
        /this looks like production: on the primary host \S+ runs a PostgreSQL in \/var\/lib\/postgresql\/shop \(port 5432, 6 clients, /,
      );
      expect(stderr).toContain('besideProduction: true');
      expect(await tracesOn(hosts.run, hosts.primary)).toBe('');
    },
  );
});
