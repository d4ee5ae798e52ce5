import { runtime } from '@pulumi/pulumi';
import { beforeEach, expect, it } from 'vitest';
import { program } from './index.ts';

interface Made {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

let made: Made[];

beforeEach(async () => {
  made = [];
  const newResource = ({ type, name, inputs }: runtime.MockResourceArgs) => {
    made.push({ type, name, inputs: inputs as Record<string, unknown> });
    return { id: name, state: { ...(inputs as object), verdict: 'pass' } };
  };
  await runtime.setMocks({ newResource, call: () => ({}) }, 'dress-rehearsal', 'test', true);
});

function config(values: Record<string, string>): void {
  const entries = Object.entries(values).map(([key, value]) => [`dress-rehearsal:${key}`, value]);
  runtime.setAllConfig({ ...(Object.fromEntries(entries) as Record<string, string>), 'aws:region': 'x' });
}

it('rehearses the shipped rehearsal without any config, after a Teardown', async () => {
  config({});
  expect(Object.keys(await program())).toEqual([
    'verdict',
    'worstFinding',
    'report',
    'durationMs',
    'cost',
    'leftovers',
  ]);
  await runtime.disconnect();
  expect(made.map(({ type, name }) => `${type} ${name}`)).toEqual([
    'rehearsal:index:Teardown teardown',
    'rehearsal:index:Rehearsal rename-column',
  ]);
  expect(made[1]?.inputs).toMatchObject({ dir: 'rehearsals/rename-column', target: 'auto' });
});

it('rehearses several, with the facts of each by its name', async () => {
  config({ rehearsals: '["add-index", "not-null"]', target: 'embedded' });
  expect(Object.keys(await program())).toEqual(['add-index', 'not-null']);
  await runtime.disconnect();
  expect(made.map(({ name }) => name)).toEqual(['teardown', 'add-index', 'not-null']);
});

it('makes nothing where anything is wrong', async () => {
  config({ rehearsals: '["add-index", "add-indx"]', target: 'nowhere', colour: 'red' });
  const failed = await program().then(String, (error: unknown) => (error as Error).message);
  expect(failed.split('\n').map((line) => line.split(';')[0])).toEqual([
    'nothing was started:',
    'stack config colour: unknown key',
    'stack config target: there is no target nowhere',
    'stack config rehearsals: there is no rehearsal add-indx',
  ]);
  expect(made).toEqual([]);
});
