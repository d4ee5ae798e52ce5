import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const SETUP = new URL('../../scripts/setup/', import.meta.url);

interface InstallModule {
  readonly isInstalled: (root: string, options: { dev: boolean }) => boolean;
}
interface LockModule {
  readonly withLock: (
    path: string,
    work: () => Promise<void>,
    options?: { waitMs?: number },
  ) => Promise<void>;
}
interface VersionModule {
  readonly nodeTooOld: (version?: string) => string | undefined;
}

async function load<T>(file: string): Promise<T> {
  return (await import(new URL(file, SETUP).href)) as T;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rehearse-setup-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** A project with one dependency, packed beside it, so that npm needs no registry. */
async function project(name: string): Promise<string> {
  const root = join(folder, name);
  await mkdir(join(root, 'dep'), { recursive: true });
  await writeFile(join(root, 'dep', 'package.json'), JSON.stringify({ name: 'dep', version: '1.0.0' }));
  await run('npm', ['pack', './dep'], { cwd: root });
  const manifest = { name: 'project', version: '1.0.0', dependencies: { dep: 'file:dep-1.0.0.tgz' } };
  await writeFile(join(root, 'package.json'), JSON.stringify(manifest));
  await run('npm', ['install', '--package-lock-only', '--offline'], { cwd: root });
  return root;
}

test('two starts at once install once, and a third finds everything there', async () => {
  const root = await project('twice');
  const script = `
    const { ensureInstalled } = await import(${JSON.stringify(new URL('install.mjs', SETUP).href)});
    await ensureInstalled(${JSON.stringify(root)});`;
  const start = () => run(process.execPath, ['--input-type=module', '-e', script]);
  const [first, second] = await Promise.all([start(), start()]);
  const said = first.stderr + second.stderr;
  expect(said.match(/installing the packages/g)).toHaveLength(1);
  expect(existsSync(join(root, 'node_modules', 'dep', 'package.json'))).toBe(true);
  expect((await start()).stderr).toBe('');
  expect((await readdir(root)).filter((name) => name.endsWith('.lock'))).toEqual([]);
});

test('packages count as installed only with the versions of the lock file', async () => {
  const { isInstalled } = await load<InstallModule>('install.mjs');
  const root = join(folder, 'versions');
  await mkdir(join(root, 'node_modules'), { recursive: true });
  const wanted = {
    '': {},
    'node_modules/a': { version: '2.0.0' },
    'node_modules/other-system': { version: '1.0.0', optional: true },
    'node_modules/for-tests': { version: '1.0.0', dev: true },
  };
  await writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  const state = async (packages: object | undefined) => {
    const text = packages ? JSON.stringify({ packages }) : '{ cut sho';
    await writeFile(join(root, 'node_modules', '.package-lock.json'), text);
    return [isInstalled(root, { dev: false }), isInstalled(root, { dev: true })];
  };
  expect(isInstalled(root, { dev: false })).toBe(false);
  expect(await state(undefined)).toEqual([false, false]);
  expect(await state({ 'node_modules/a': { version: '1.0.0' } })).toEqual([false, false]);
  expect(await state({ 'node_modules/a': { version: '2.0.0' } })).toEqual([true, false]);
  expect(await state(wanted)).toEqual([true, true]);
});

test('a failing npm is told in its own words', async () => {
  const root = join(folder, 'broken');
  await mkdir(root);
  await writeFile(join(root, 'package.json'), JSON.stringify({ name: 'broken', version: '1.0.0' }));
  const script = `
    const { ensureInstalled } = await import(${JSON.stringify(new URL('install.mjs', SETUP).href)});
    await ensureInstalled(${JSON.stringify(root)}).catch((error) => console.log(error.message));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script]);
  expect(stdout).toMatch(/^npm ci ended with exit code 1\n(.*\n)*.*package-lock\.json/);
});

test('the lock is held by one at a time and taken over from the dead', async () => {
  const { withLock } = await load<LockModule>('install-lock.mjs');
  const path = join(folder, 'some.lock');
  const dead = new Date(Date.now() - 60_000);
  await writeFile(path, 'left behind');
  await utimes(path, dead, dead);
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setTimeout(resolve, 50));
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => withLock(path, work)));
  expect(most).toBe(1);
  expect(existsSync(path)).toBe(false);
  await writeFile(path, 'alive');
  await expect(withLock(path, work, { waitMs: 100 })).rejects.toThrow(`too long; remove ${path}`);
});

test('the end of the shell that npm runs us by is noticed', async () => {
  const watch = JSON.stringify(new URL('parent-watch.mjs', SETUP).href);
  const script = `
    const { onParentEnd } = await import(${watch});
    const busy = setInterval(() => {}, 1_000);
    onParentEnd(() => { console.log('parent gone'); clearInterval(busy); }, 50);
    console.log('watching');`;
  const node = `'${process.execPath}' --input-type=module -e "$SCRIPT"`;
  const shell = spawn('sh', ['-c', `${node} & wait`], {
    env: { ...process.env, SCRIPT: script },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  shell.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said === 'watching\n') shell.kill('SIGTERM');
  });
  await once(shell, 'close'); // the pipe closes when the last process that has it ends
  expect(said).toBe('watching\nparent gone\n');
});

test('an old Node is refused in one line', async () => {
  const { nodeTooOld } = await load<VersionModule>('node-version.mjs');
  expect(nodeTooOld('20.18.3')).toBe(
    'error USAGE: Node 20.18.3 is too old; install Node 20.19 or newer (https://nodejs.org)',
  );
  expect(['20.19.0', '20.20.2', '22.0.0'].map((version) => nodeTooOld(version))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
