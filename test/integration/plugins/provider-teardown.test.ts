import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { PluginProcess } from '../../../infra/provider/provider-fixture.ts';

const START = fileURLToPath(new URL('../../../infra/provider-kit/start.mjs', import.meta.url));
const WITH_FAKE = fileURLToPath(new URL('provider-with-fake.ts', import.meta.url));
const RUN_ID = 'tiny-20261122-120000-beef';

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'provider test '));
});
afterAll(() => rm(home, { recursive: true }));

async function messageOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'it did not fail',
    (error: unknown) => (error as Error).message,
  );
}

describe('a Teardown', () => {
  let plugin: PluginProcess;
  beforeAll(async () => {
    plugin = await PluginProcess.start('Teardown', [process.execPath, START, WITH_FAKE], { FAKE_DIR: home });
  });
  afterEach(() => rm(join(home, 'leftovers.json'), { force: true }));
  afterAll(() => plugin.stop());

  const dead = { runId: RUN_ID, what: 'host primary', inUse: false };
  const line = `${RUN_ID}  host primary`;
  const leave = (...what: unknown[]): Promise<void> =>
    writeFile(join(home, 'leftovers.json'), JSON.stringify(what));

  it('sweeps when it is made, and again when there is something to sweep', async () => {
    await leave({ ...dead, inUse: true });
    expect(await plugin.create({})).toEqual({ id: 'teardown', state: { leftovers: [] } });
    expect((await plugin.diff({ leftovers: [] }, {})).changes).toBe(false);
    await leave(dead);
    expect(await plugin.read('teardown', { leftovers: [] })).toEqual({
      id: 'teardown',
      state: { leftovers: [line] },
    });
    expect((await plugin.diff({ leftovers: [line] }, {})).changes).toBe(true);
    expect(await plugin.update('teardown', { leftovers: [line] }, {})).toEqual({ leftovers: [line] });
    expect(plugin.notes).toEqual([`could not remove ${line}`]);
  });

  it('lets a stack go only when dead runs have left nothing', async () => {
    await leave(dead);
    expect(await messageOf(plugin.delete('teardown', {}))).toContain(
      `could not remove:\n${line}\nhint: npm run -s rehearse -- reap --execute`,
    );
    await leave();
    await plugin.delete('teardown', {});
  });
});

describe('the plugin', () => {
  it('starts by its own name from any folder, through a link, with a blank in its path', async () => {
    const folder = join(home, 'a folder');
    await mkdir(folder);
    const link = join(folder, 'pulumi-resource-rehearsal');
    await symlink(
      fileURLToPath(new URL('../../../infra/provider/pulumi-resource-rehearsal', import.meta.url)),
      link,
    );
    const plugin = await PluginProcess.start('Nothing', [link]);
    onTestFinished(() => plugin.stop());
    expect(await messageOf(plugin.create({}))).toBe(
      'the plugin rehearsal has no resource rehearsal:index:Nothing',
    );
  });
});
