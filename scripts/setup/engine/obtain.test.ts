import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findEngine } from '../../../infra/pulumi/engine/find-engine.ts';
import { identityOf } from '../../../infra/process-identity.ts';
import { CLI_VERSION, LANGUAGE_HOST_VERSION } from '../../../infra/pulumi/engine/versions.ts';
import {
  cliScript,
  fakeMachine,
  goScript,
  type FakeMachine,
} from '../../../test/support/servers/fake-engine.ts';
import { releaseServer, serve } from '../../../test/support/servers/release-server.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { obtainEngine } from './obtain.ts';

const GO = goScript('1.26.8', 'echo built');
const never = new AbortController().signal;

/** Runs set-up's part and returns what it said. */
async function obtain(
  { env }: FakeMachine,
  { releases = [], signal = never }: { releases?: readonly string[]; signal?: AbortSignal } = {},
): Promise<string[]> {
  const said: string[] = [];
  await obtainEngine({ env, signal, releases, log: (line) => said.push(line) });
  return said;
}

async function refusal(machine: FakeMachine, releases: readonly string[]): Promise<RehearsalError> {
  const error: unknown = await obtain(machine, { releases }).catch((thrown: unknown) => thrown);
  if (error instanceof RehearsalError) return error;
  throw new Error('it was not refused', { cause: error });
}

/** `origin version` of the CLI and of the language host that `findEngine` finds afterwards. */
async function outcome({ env }: FakeMachine): Promise<(string | null)[]> {
  const engine = await findEngine(env);
  if ('missing' in engine) return [engine.missing];
  return [engine.pulumi, engine.languageHost].map((file) => file && `${file.origin} ${file.version}`);
}

async function inCache({ engineCache }: FakeMachine): Promise<string[]> {
  return (await readdir(engineCache)).sort();
}

const BUILT_FOLDERS = [
  `pulumi-${CLI_VERSION}-${process.platform}-${process.arch}`,
  `pulumi-language-nodejs-${LANGUAGE_HOST_VERSION}-${process.platform}-${process.arch}`,
];

test('with a good CLI and its language host on PATH nothing is downloaded, built or written', async () => {
  const machine = await fakeMachine();
  await machine.program('pulumi', cliScript('3.250.0'));
  await machine.program('pulumi-language-nodejs', '');
  await machine.program('go', GO);
  expect(await obtain(machine, { releases: [await releaseServer(machine)] })).toEqual([]);
  expect(existsSync(machine.engineCache)).toBe(false);
});

test('the official release comes before Go, once for both programs, and a second set-up does nothing', async () => {
  const machine = await fakeMachine();
  await machine.real('tar');
  await machine.real('gzip');
  await machine.program('go', GO);
  const dead = await serve({});
  const said = await obtain(machine, { releases: [dead, await releaseServer(machine)] });
  expect(said[0]).toMatch(new RegExp(`^downloading Pulumi ${CLI_VERSION} from 127\\.0\\.0\\.1:\\d+$`));
  expect(await outcome(machine)).toEqual([`download ${CLI_VERSION}`, `download ${CLI_VERSION}`]);
  expect(await inCache(machine)).toEqual(BUILT_FOLDERS.slice(0, 1));
  expect(await readdir(join(machine.engineCache, BUILT_FOLDERS[0]!, 'bin'))).toEqual([
    'pulumi',
    'pulumi-language-nodejs',
  ]);
  expect(await obtain(machine)).toEqual([]);
});

test('a release with another checksum than its list says is refused, and nothing of it stays', async () => {
  const machine = await fakeMachine();
  await machine.real('tar');
  const wrong = 'a'.repeat(64);
  const release = await releaseServer(machine, wrong);
  await expect(obtain(machine, { releases: [release] })).rejects.toThrow(
    new RegExp(`refused ${release}/.*: its sha256 is [0-9a-f]{64}, the release's list says ${wrong}`),
  );
  expect(await inCache(machine)).toEqual([]);
});

test('where the release cannot be had both are built, a CLI of the wrong version is passed over aloud', async () => {
  const machine = await fakeMachine();
  const old = await machine.program('pulumi', cliScript('3.10.0'));
  await machine.program('go', GO);
  const said = await obtain(machine, { releases: [await serve({})] });
  expect(said[0]).toBe(`${old} is version 3.10.0; passed over (wanted: 3.238 or newer, below 4)`);
  expect(said[1]).toMatch(/^no official release of Pulumi from here \(127\.0\.0\.1:\d+: answered 404\)$/);
  expect(said.filter((line) => line.startsWith('building'))).toEqual([
    `building pulumi ${CLI_VERSION} with Go 1.26.8, once (about 6 minutes on two cores)`,
    `building pulumi-language-nodejs ${LANGUAGE_HOST_VERSION} with Go 1.26.8, once (about a minute)`,
  ]);
  expect(await outcome(machine)).toEqual([`built ${CLI_VERSION}`, `built ${LANGUAGE_HOST_VERSION}`]);
  expect(await inCache(machine)).toEqual(BUILT_FOLDERS);
});

test('two set-ups at once build once', async () => {
  const machine = await fakeMachine();
  await machine.program('go', goScript('1.26.8', 'echo built', 'sleep 0.5'));
  const said = (await Promise.all([obtain(machine), obtain(machine)])).flat();
  expect(said.filter((line) => line.startsWith('building'))).toHaveLength(2);
  expect(said.filter((line) => line === 'another set-up is at work; waiting for it')).toHaveLength(1);
  expect(await inCache(machine)).toEqual(BUILT_FOLDERS);
});

test.each([
  ['there is no Go', undefined, 'there is no Go on PATH to build it with'],
  ['Go is too old', goScript('1.19.8', ''), /go is Go 1\.19\.8, too old to build it with$/],
  ['Go cannot build it', goScript('1.26.8', '', 'echo "no such host" >&2; exit 1'), /no such host/],
])('where %s, one message says what was tried and what to install', async (_, go, reason) => {
  const machine = await fakeMachine();
  if (go !== undefined) await machine.program('go', go);
  const error = await refusal(machine, [await serve({})]);
  expect(error.code).toBe('ENGINE_NOT_FOUND');
  expect(error.message).toMatch(reason);
  expect(error.message).toContain('pulumi is not installed, cannot be downloaded (127.0.0.1:');
  expect(error.hint).toContain('npm run setup');
  expect(await inCache(machine)).toEqual([]);
});

test('a disk that is full while Go builds is told as such', async () => {
  const machine = await fakeMachine();
  await machine.program(
    'go',
    goScript('1.26.8', '', 'echo "write x.a: no space left on device" >&2; exit 1'),
  );
  await expect(obtain(machine)).rejects.toMatchObject({ code: 'DISK_FULL' });
});

test('an interrupt ends the build with all that it started, and leaves nothing half-written', async () => {
  const machine = await fakeMachine();
  const pidFile = join(machine.dir, 'compiler-pid');
  const compile = `sleep 60 & echo $! > '${pidFile}'; wait`;
  await machine.program('go', goScript('1.26.8', '', compile));
  const stop = new AbortController();
  const obtained = obtain(machine, { signal: stop.signal });
  await expect.poll(() => existsSync(pidFile), { timeout: 10_000 }).toBe(true);
  stop.abort(new Error('interrupted'));
  await expect(obtained).rejects.toThrow('interrupted');
  const compiler = Number(await readFile(pidFile, 'utf8'));
  await expect.poll(() => identityOf(compiler)).toBeUndefined();
  expect(await inCache(machine)).toEqual([]);
});

test('what a killed set-up left half-written is removed by the next one', async () => {
  const machine = await fakeMachine();
  const half = join(machine.engineCache, '.pulumi-3.259.0-linux-x64.1.tmp');
  await mkdir(half, { recursive: true });
  await writeFile(join(half, 'archive.tar.gz'), 'half');
  await machine.program('go', GO);
  await obtain(machine);
  expect(await inCache(machine)).toEqual(BUILT_FOLDERS);
});

test('a program of the cache that was cut short is made again', async () => {
  const machine = await fakeMachine();
  await machine.program('go', GO);
  await obtain(machine);
  await truncate(join(machine.engineCache, BUILT_FOLDERS[0]!, 'bin', 'pulumi'), 3);
  const said = await obtain(machine);
  expect(said.filter((line) => line.startsWith('building'))).toHaveLength(1);
  expect(await outcome(machine)).toEqual([`built ${CLI_VERSION}`, `built ${LANGUAGE_HOST_VERSION}`]);
});

test('a cache that cannot be made is told with its path and what to set', async () => {
  const machine = await fakeMachine();
  await writeFile(join(machine.dir, 'cache'), 'a file');
  const error = await refusal(machine, []);
  expect(error.code).toBe('ENGINE_NOT_FOUND');
  expect(error.message).toContain(`the cache ${machine.engineCache} cannot be made`);
  expect(error.hint).toBe('set XDG_CACHE_HOME to a folder that you may write, then npm run setup');
});
