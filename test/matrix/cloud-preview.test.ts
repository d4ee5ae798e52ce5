import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOUD_NAMES } from '../../infra/clouds/index.ts';
import { PulumiStack } from '../e2e/pulumi-stack.ts';
import { FAKE_ENVIRONMENT, FAKES } from '../support/clouds/fakes.ts';
import { startFake, type FakeCloud } from '../support/clouds/fake-server.ts';
import { paperMachines } from '../support/clouds/machines.ts';
import { needsEngine } from '../support/needs.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';

describe.skipIf(!(await needsEngine('to preview'))).each(CLOUD_NAMES)('pulumi preview on %s', (name) => {
  let fake: FakeCloud;
  let tiny: TinyRehearsal;
  let stack: PulumiStack;
  beforeAll(async () => {
    fake = await startFake({ cloud: name, make: FAKES[name], machines: paperMachines() });
    Object.assign(process.env, FAKE_ENVIRONMENT[name](fake.url));
    tiny = await tinyRehearsal('  - { phase: expand, sql: sql/1.sql }', { 'sql/1.sql': 'select 1;' });
    stack = await PulumiStack.create(tiny, name);
  });
  afterAll(async () => {
    for (const variable of Object.keys(FAKE_ENVIRONMENT[name]('')))
      Reflect.deleteProperty(process.env, variable);
    await tiny.remove();
    await fake.close();
  });

  it('tells what it may cost, refuses above maxCost with the sum, and orders nothing', async () => {
    const preview = await stack.run('preview');
    expect(preview.output).toMatch(new RegExp(`tiny on ${name}: 2 hosts in .* an hour.*at most .* until`));
    expect(preview.code, preview.output).toBe(0);

    await stack.set('targets', JSON.stringify({ [name]: { maxCost: '0.001' } }));
    const refused = await stack.run('preview');
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/it may cost \S+ until it expires, more than maxCost/);
    expect(refused.output).not.toMatch(/^\s+at /m);

    expect(fake.requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
    expect(fake.api.left()).toEqual([]);
  });
});
