import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { resultSchema } from '../../scripts/checks/result/contract/result.ts';
import { canRunLocally } from '../e2e/local-fixture.ts';
import { PulumiStack } from '../e2e/pulumi-stack.ts';
import { ownHosts, tracesOn, type OwnHosts } from '../support/hosts/own-hosts.ts';
import { sudoer } from '../support/hosts/sudoer.ts';
import { rehearse } from '../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';

const PLAN = `  - { phase: expand, sql: sql/add.sql }
  - { phase: backfill, command: 'hostname && cat note.txt', touchesDatabase: false }`;
const FILES = { 'sql/add.sql': 'alter table customers add column extra int;', 'note.txt': 'here' };

let tiny: TinyRehearsal;
beforeEach(async () => {
  tiny = await tinyRehearsal(PLAN, FILES);
  onTestFinished(() => tiny.remove());
});

async function nothingOn({ run, primary, driver }: OwnHosts): Promise<void> {
  for (const host of [primary, driver]) expect(await tracesOn(run, host)).toBe('');
}

describe.skipIf(!(await canRunLocally()))('hosts of one’s own, over SSH', () => {
  it(
    'take a rehearsal also as a user who becomes root by sudo, and keep nothing of it',
    { timeout: 180_000 },
    async () => {
      const hosts = await ownHosts();
      const { ssh } = hosts.targets;
      const { primary, driver } = ssh['hosts'] as Record<'primary' | 'driver', object>;
      const asDeploy = {
        primary: { ...primary, ...(await sudoer(hosts.run, hosts.primary)) },
        driver: { ...driver, ...(await sudoer(hosts.run, hosts.driver)) },
      };
      const env = { REHEARSE_TARGETS: JSON.stringify({ ssh: { ...ssh, hosts: asDeploy } }) };
      const options = { cwd: tiny.dir, tmp: tiny.tmp, target: 'ssh', env };
      const { code, stdout, stderr } = await rehearse(['run', '.', '--json'], options);
      // What a busy machine does to the app's latency is not the point here.
      expect([0, 4, 5], stderr).toContain(code);
      const result = resultSchema.parse(JSON.parse(stdout));
      expect(result).toMatchObject({ target: 'ssh', environment: { hosts: 2, leftovers: 0 } });
      expect(result.steps.map(({ status }) => status)).toEqual(['ok', 'ok']);
      await nothingOn(hosts);
    },
  );

  it(
    'are rehearsed on by pulumi up as well, and nothing of it stays there',
    { timeout: 240_000 },
    async () => {
      const hosts = await ownHosts();
      const stack = await PulumiStack.create(tiny, 'ssh');
      await stack.set('targets', JSON.stringify(hosts.targets));
      const { output } = await stack.upJudged();
      expect(output).toMatch(/hosts: 2|2 hosts/);
      await nothingOn(hosts);
      const { code, output: destroyed } = await stack.run('destroy', '--yes', '--skip-preview');
      expect(code, destroyed).toBe(0);
      await stack.nothingLeft();
      await nothingOn(hosts);
    },
  );

  it('are not left up, and say so before anything is made', { timeout: 60_000 }, async () => {
    const hosts = await ownHosts();
    const options = { cwd: tiny.dir, tmp: tiny.tmp, target: 'ssh', env: hosts.env };
    const { code, stderr } = await rehearse(['run', '.', '--keep', '10m'], options);
    expect(code, stderr).toBe(2);
    expect(stderr).toContain('leave --keep out');
    await nothingOn(hosts);
  });
});
