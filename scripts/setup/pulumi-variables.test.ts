import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { findEngine, type Engine } from '../../infra/pulumi/engine/find-engine.ts';
import type { Env } from '../../infra/pulumi/engine/places.ts';
import { cliScript, fakeMachine } from '../../test/support/servers/fake-engine.ts';
import { pulumiEnvironment } from './pulumi-variables.ts';

interface Project {
  readonly root: string;
  readonly env: Env;
  readonly engine: Engine;
  readonly home: string;
}

async function project(): Promise<Project> {
  const machine = await fakeMachine();
  await machine.program('pulumi', cliScript('3.250.0'));
  const engine = await findEngine(machine.env);
  if ('missing' in engine) throw new Error(engine.missing);
  const root = join(machine.dir, 'project');
  await mkdir(root);
  return { root, env: machine.env, engine, home: engine.home };
}

test('where no backend is chosen the state and a passphrase are kept in the project, for this user only', async () => {
  const { root, env, engine } = await project();
  const added = await pulumiEnvironment(engine, { root, env });
  const passphrase = join(root, '.rehearse', 'passphrase');
  expect(added).toEqual({
    ...engine.env,
    PULUMI_BACKEND_URL: pathToFileURL(join(root, '.rehearse', 'backend')).href,
    REHEARSE_DEFAULT_BACKEND: '1',
    PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
  });
  const modes = ['.rehearse', '.rehearse/backend', '.rehearse/passphrase'].map(async (path) => {
    return ((await stat(join(root, path))).mode & 0o777).toString(8);
  });
  expect(await Promise.all(modes)).toEqual(['700', '700', '600']);
  expect(await readFile(passphrase, 'utf8')).toMatch(/^[\w-]{43}$/);
});

test('the passphrase is made once, also when two commands start at once', async () => {
  const { root, env, engine } = await project();
  await Promise.all([1, 2, 3].map(() => pulumiEnvironment(engine, { root, env })));
  const file = join(root, '.rehearse', 'passphrase');
  const first = await readFile(file, 'utf8');
  await pulumiEnvironment(engine, { root, env });
  expect(await readFile(file, 'utf8')).toBe(first);
  expect((await readdir(join(root, '.rehearse'))).sort()).toEqual(['backend', 'passphrase']);
});

test('a passphrase of the user is left alone, also an empty one', async () => {
  const { root, env, engine } = await project();
  for (const own of [{ PULUMI_CONFIG_PASSPHRASE: '' }, { PULUMI_CONFIG_PASSPHRASE_FILE: '/some/file' }]) {
    const added = await pulumiEnvironment(engine, { root, env: { ...env, ...own } });
    expect(added).not.toHaveProperty('PULUMI_CONFIG_PASSPHRASE_FILE');
  }
  expect(await readdir(join(root, '.rehearse'))).toEqual(['backend']);
});

test.each([
  ['by PULUMI_BACKEND_URL', { PULUMI_BACKEND_URL: 's3://states' }, undefined, undefined],
  ['by an access token', { PULUMI_ACCESS_TOKEN: 'pul-1' }, undefined, undefined],
  ['by pulumi login', {}, '{"current":"https://api.pulumi.com"}', undefined],
  ['in Pulumi.yaml', {}, undefined, 'name: x\nbackend:\n  url: s3://states\n'],
])('a backend that is chosen %s is left alone', async (_, chosen, credentials, yaml) => {
  const { root, env, engine, home } = await project();
  await mkdir(home, { recursive: true });
  if (credentials !== undefined) await writeFile(join(home, 'credentials.json'), credentials);
  if (yaml !== undefined) await writeFile(join(root, 'Pulumi.yaml'), yaml);
  expect(await pulumiEnvironment(engine, { root, env: { ...env, ...chosen } })).toEqual(engine.env);
  expect(await readdir(root)).toEqual(yaml === undefined ? [] : ['Pulumi.yaml']);
});
