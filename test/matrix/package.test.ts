import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type Options } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OWN_ROOT } from '../../scripts/shared/places/own-files.mjs';

const PACKED_BYTES_MAX = 4_000_000;
const SMALL = `load: { rate: 20/s, connections: 4, warmup: 2s, cooldown: 1s, versions: { old: workload/old, new: workload/new } }`;

/** An app's own repository outside the checkout, with the packed program installed as its developers would. */
let app: string;

function inApp(command: string, args: readonly string[], options: Options = {}) {
  return execa(command, args, { cwd: app, reject: false, stdin: 'ignore', ...options });
}

beforeAll(async () => {
  app = await mkdtemp(join(tmpdir(), 'rehearse-app-'));
  await execa('npm', ['pack', '--silent', '--pack-destination', app], { cwd: OWN_ROOT });
  await writeFile(join(app, 'package.json'), '{ "name": "an-app", "private": true, "type": "module" }');
  await inApp('git', ['init', '--quiet']);
  const [tarball = ''] = (await readdir(app)).filter((name) => name.endsWith('.tgz'));
  expect((await readFile(join(app, tarball))).length).toBeLessThan(PACKED_BYTES_MAX);
  const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts'];
  const installed = await inApp('npm', ['install', '--save-dev', ...flags, `./${tarball}`]);
  expect(installed.exitCode, installed.stderr as string).toBe(0);
}, 300_000);
afterAll(() => rm(app, { recursive: true }));

test('the package brings no tools that only its own development needs', async () => {
  const packages = await readdir(join(app, 'node_modules'));
  const tools = ['tsx', 'esbuild', 'typescript', 'vitest', 'eslint', 'playwright-core'];
  expect(packages.filter((name) => tools.includes(name))).toEqual([]);
});

test('what init writes is checked and rehearsed from anywhere in the project, and git sees no run of it', async () => {
  expect((await inApp('npx', ['rehearse', 'init', 'first'])).exitCode).toBe(0);
  const yaml = join(app, 'rehearsals/first/rehearsal.yaml');
  await writeFile(yaml, (await readFile(yaml, 'utf8')).replace(/^load:.*$/m, SMALL));
  const below = { cwd: join(app, 'rehearsals') };
  expect((await inApp('npx', ['rehearse', 'check', 'first'], below)).stdout).toContain('ok  first (first)');
  const script = `
    import { rehearse } from 'dress-rehearsal';
    const { result, runFolder } = await rehearse({ dir: 'first', target: 'embedded' });
    console.log(JSON.stringify([result.rehearsal, result.steps.map(({ status }) => status), runFolder]));`;
  const { stdout, stderr } = await inApp('node', ['--input-type=module', '-e', script]);
  const [name, steps, folder] = JSON.parse(stdout as string) as [string, string[], string];
  expect([name, steps], stderr as string).toEqual(['first', ['ok', 'ok', 'ok', 'ok', 'ok']]);
  expect(folder.startsWith(join(app, '.rehearse/runs/first-'))).toBe(true);
  expect(await readdir(folder)).toContain('report.html');
  const seen = await inApp('git', ['status', '--porcelain']);
  expect(seen.stdout).not.toContain('.rehearse');
});

test('the types of what the package exports can be used by a strict program', async () => {
  await mkdir(join(app, 'src'));
  const program = `
    import { rehearse, type Result } from 'dress-rehearsal';
    export const verdict: Result['verdict'] = (await rehearse({ dir: 'x' })).result.verdict;
    // @ts-expect-error: it is a text
    export const wrong: number = verdict;`;
  await writeFile(join(app, 'src/verdict.ts'), program);
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--skipLibCheck'];
  const tsc = join(OWN_ROOT, 'node_modules/typescript/bin/tsc');
  const { stdout } = await inApp(process.execPath, [tsc, ...flags, 'src/verdict.ts']);
  expect(stdout).toBe('');
});
