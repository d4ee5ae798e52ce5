import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PluginProcess, type Values } from '../../../infra/provider/provider-fixture.ts';

const START = fileURLToPath(new URL('../../../infra/provider-kit/start.mjs', import.meta.url));
const WITH_FAKE = fileURLToPath(new URL('provider-with-fake.ts', import.meta.url));

let home: string;
let plugin: PluginProcess;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'provider-test-'));
  plugin = await PluginProcess.start('Rehearsal', [process.execPath, START, WITH_FAKE], { FAKE_DIR: home });
});
afterAll(async () => {
  await plugin.stop();
  await rm(home, { recursive: true });
});

function inputs(...steps: readonly string[]): Values {
  return {
    dir: '/rehearsals/nothing',
    rehearsal: 'tiny',
    target: 'auto',
    out: `${home}/runs`,
    steps: [...steps],
    files: { 'rehearsal.yaml': 'aaa' },
    snapshot: 'bbb',
    settings: {},
  };
}

it('records that there was nothing to rehearse, begins when there is, and removes nothing', async () => {
  const { id, state } = await plugin.create(inputs());
  expect([id, state['verdict'], state['worstFinding']]).toEqual([
    'tiny-nothing-new',
    'nothing-new',
    'nothing new: main has all 3',
  ]);
  expect(plugin.notes).toEqual(['nothing new: main has all 3']);
  expect((await plugin.diff(state, inputs())).changes).toBe(false);
  expect((await plugin.diff(state, inputs('expand  2.sql'))).changes).toBe(true);
  await plugin.delete(id, state);
  expect(readFileSync(join(home, 'calls'), 'utf8').trim().split('\n')).toHaveLength(1);
});
