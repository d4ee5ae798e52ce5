import { mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { cliScript, fakeMachine, type FakeMachine } from '../../../test/support/servers/fake-engine.ts';
import { intoCache } from '../../../scripts/setup/engine/into-cache.ts';
import { cachedFolder, programIn, type EngineProgram } from './cache.ts';
import { findEngine, type Engine } from './find-engine.ts';
import { STAND_IN_DIR, type Env } from './places.ts';
import { CLI_VERSION, LANGUAGE_HOST_VERSION } from './versions.ts';

async function found(env: Env): Promise<Engine> {
  const engine = await findEngine(env);
  if ('missing' in engine) throw new Error(engine.missing);
  return engine;
}

/** Puts a program into the cache as set-up does after a build. */
async function cache({ env }: FakeMachine, program: EngineProgram, version: string): Promise<string> {
  const folder = cachedFolder(program, version, env);
  await mkdir(dirname(folder), { recursive: true });
  await intoCache(folder, { version, origin: 'built', programs: [program] }, (temporary) =>
    writeFile(programIn(temporary, program), '#!/bin/sh\n', { mode: 0o755 }),
  );
  return programIn(folder, program);
}

test('the first CLI on PATH whose version will do is taken, with the language host beside it', async () => {
  const machine = await fakeMachine();
  const old = await machine.program('pulumi', cliScript('3.100.0'));
  const broken = await machine.program('pulumi', 'exit 1', 'broken');
  const good = await machine.program('pulumi', cliScript('3.250.1'), 'good');
  const host = await machine.program('pulumi-language-nodejs', '', 'good');
  await cache(machine, 'pulumi', CLI_VERSION);
  const PATH = [machine.bin, join(machine.dir, 'broken'), join(machine.dir, 'good')].join(delimiter);
  const engine = await found({ ...machine.env, PATH });
  expect(engine.pulumi).toEqual({ path: good, version: '3.250.1', origin: 'path' });
  expect(engine.languageHost).toEqual({ path: host, version: '3.250.1', origin: 'path' });
  expect(engine.notes.slice(0, 2)).toEqual([
    `${old} is version 3.100.0; passed over (wanted: 3.238 or newer, below 4)`,
    `${broken} does not say its version; passed over (wanted: 3.238 or newer, below 4)`,
  ]);
  // The one that will do now comes before the one that will not.
  const folders = engine.env['PATH']!.split(delimiter);
  expect(folders.indexOf(dirname(good))).toBeLessThan(folders.indexOf(machine.bin));
});

test('the cache answers where PATH has none, and its programs keep their origin when its folder is on PATH', async () => {
  const machine = await fakeMachine();
  const pulumi = await cache(machine, 'pulumi', CLI_VERSION);
  const host = await cache(machine, 'pulumi-language-nodejs', LANGUAGE_HOST_VERSION);
  const engine = await found(machine.env);
  expect(engine.pulumi).toEqual({ path: pulumi, version: CLI_VERSION, origin: 'built' });
  expect(engine.languageHost).toEqual({ path: host, version: LANGUAGE_HOST_VERSION, origin: 'built' });
  const again = await found({ ...machine.env, ...engine.env });
  expect(again).toEqual(engine);
});

test('a program of the cache that was cut short does not count', async () => {
  const machine = await fakeMachine();
  await truncate(await cache(machine, 'pulumi', CLI_VERSION), 3);
  expect(await findEngine(machine.env)).toEqual({
    missing: `the Pulumi CLI (3.238 or newer, below 4) is neither on PATH nor in ${machine.engineCache}`,
    remedy: 'npm run setup',
  });
});

test('the official plugin is found on PATH, beside the CLI and among the installed ones; else the stand-in answers', async () => {
  const machine = await fakeMachine();
  await machine.program('pulumi', cliScript('3.250.0'));
  const standIn = await found(machine.env);
  expect(standIn.command).toEqual({ kind: 'stand-in', dir: STAND_IN_DIR });
  expect(standIn.env['PATH']!.split(delimiter)).toContain(STAND_IN_DIR);
  expect(standIn.notes.at(-1)).toBe(
    "the official plugin command 1.2.1 is not installed; this project's stand-in answers for it",
  );
  // A child that is started with this PATH must not take the stand-in for the official one.
  expect((await found({ ...machine.env, ...standIn.env })).command.kind).toBe('stand-in');
  const installed = 'home/.pulumi/plugins/resource-command-v1.2.1';
  await machine.program('pulumi-resource-command', '', installed);
  const official = await found(machine.env);
  expect(official.command).toEqual({ kind: 'official', version: '1.2.1' });
  expect(official.env['PATH']!.split(delimiter)).not.toContain(STAND_IN_DIR);
  await rm(join(machine.dir, installed), { recursive: true });
  await machine.program('pulumi-resource-command', '');
  expect((await found(machine.env)).command).toEqual({ kind: 'official', version: 'unknown' });
});

test('PULUMI_HOME is the one given, else that of a user with their own Pulumi or a login, else in the cache', async () => {
  const machine = await fakeMachine();
  const users = join(machine.dir, 'home', '.pulumi');
  await cache(machine, 'pulumi', CLI_VERSION);
  expect((await found(machine.env)).home).toBe(join(machine.dir, 'cache', 'dress-rehearsal', 'pulumi-home'));
  await mkdir(users, { recursive: true });
  const credentials = join(users, 'credentials.json');
  await writeFile(credentials, JSON.stringify({ current: 'https://api.pulumi.com', accessTokens: {} }));
  expect((await found(machine.env)).home).toBe(users);
  expect((await found({ ...machine.env, PULUMI_HOME: '/somewhere' })).home).toBe('/somewhere');
  await rm(credentials);
  await machine.program('pulumi', cliScript('3.250.0'));
  expect((await found(machine.env)).home).toBe(users);
});

test('the version of a real CLI is asked once; a small script of a version manager is asked each time', async () => {
  const machine = await fakeMachine();
  const asked = join(machine.dir, 'asked');
  const count = `echo x >> '${asked}'; ${cliScript('3.250.0')}`;
  await machine.program('pulumi', count);
  await found(machine.env);
  await found(machine.env);
  expect(await readFile(asked, 'utf8')).toBe('x\nx\n');
  await machine.program('pulumi', `${count}\n# ${'padding '.repeat(150_000)}`);
  await found(machine.env);
  await found(machine.env);
  expect(await readFile(asked, 'utf8')).toBe('x\nx\nx\n');
});

test('a CLI behind a link has its language host beside the real file', async () => {
  const machine = await fakeMachine();
  const real = await machine.program('pulumi', cliScript('3.250.0'), 'opt');
  const host = await machine.program('pulumi-language-nodejs', '', 'opt');
  await symlink(real, join(machine.bin, 'pulumi'));
  expect((await found(machine.env)).languageHost?.path).toBe(host);
});
