import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa, type Options } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findEngine } from '../../infra/pulumi/engine/find-engine.ts';
import type { Result } from '../../scripts/checks/result/contract/result.ts';
import { OWN_ROOT } from '../../scripts/shared/places/own-files.mjs';
import { needsEngine } from '../support/needs.ts';

const PACKED_BYTES_MAX = 4_000_000;

const PRISMA: Readonly<Record<string, string>> = {
  'prisma/migrations/20261001090000_init/migration.sql': `
    CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');
    CREATE TABLE "User" ("id" SERIAL NOT NULL, "email" TEXT NOT NULL, "name" TEXT, "role" "Role" NOT NULL DEFAULT 'USER',
      CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
    CREATE UNIQUE INDEX "User_email_key" ON "User"("email");`,
  'prisma/migrations/20261101120000_rename_name/migration.sql':
    'ALTER TABLE "User" RENAME COLUMN "name" TO "fullName";',
};
const GOLANG_MIGRATE: Readonly<Record<string, string>> = {
  'db/migrations/1_init.up.sql': 'create table tickets (id bigserial primary key, title text not null);',
  'db/migrations/1_init.down.sql': 'drop table tickets;',
  'db/migrations/2_priority.up.sql': 'alter table tickets add column priority smallint;',
  'db/migrations/2_priority.down.sql': 'alter table tickets drop column priority;',
};

const PULUMI_PROGRAM: Readonly<Record<string, string>> = {
  'Pulumi.yaml': `
name: an-app
runtime: { name: nodejs, options: { typescript: false } }
main: release.mjs
plugins:
  providers:
    - { name: rehearsal, path: node_modules/dress-rehearsal/dist/infra/provider }`,
  'release.mjs': `
    import { Rehearsal } from 'dress-rehearsal/pulumi';
    const rehearsed = new Rehearsal('priority', { dir: 'priority', target: 'embedded', timeout: '1h' });
    export const { verdict, report } = rehearsed;`,
};
/** An app's own repository outside the checkout, with the packed program installed as its developers would. */
let app: string;

function inApp(command: string, args: readonly string[], options: Options = {}) {
  return execa(command, args, { cwd: app, reject: false, stdin: 'ignore', ...options });
}

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(app, dirname(name)), { recursive: true });
    await writeFile(join(app, name), text);
  }
}

beforeAll(async () => {
  app = await mkdtemp(join(tmpdir(), 'rehearse-app-'));
  await execa('npm', ['pack', '--silent', '--ignore-scripts=false', '--pack-destination', app], {
    cwd: OWN_ROOT,
  });
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

test('the newest of Prisma’s migrations is judged without a file written by hand, and git sees no run of it', async () => {
  await write(PRISMA);
  const made = await inApp('npx', ['rehearse', 'init', '--from', 'prisma/migrations']);
  expect([made.exitCode, made.stdout]).toEqual([0, 'wrote rehearsals/rename-name']);
  const { exitCode, stdout } = await inApp('npx', ['rehearse', 'run', '--target', 'embedded']);
  expect(exitCode, stdout as string).toBe(4); // what the app asks for by its old name is gone
  const names = await readdir(join(app, '.rehearse/runs'));
  const folder = names.find((name) => name.startsWith('rename-name-')) ?? '';
  const text = await readFile(join(app, '.rehearse/runs', folder, 'result.json'), 'utf8');
  const { verdict, steps, compatibility } = JSON.parse(text) as Result;
  expect([verdict, steps.map(({ name }) => name)]).toEqual([
    'fail',
    ['20261101120000_rename_name', 'deploy new'],
  ]);
  const broken = compatibility.filter(({ ok, after }) => !ok && after.startsWith('2026'));
  expect(new Set(broken.map(({ version, sqlstate }) => `${version} ${sqlstate ?? ''}`))).toEqual(
    new Set(['old 42703']),
  );
  expect((await inApp('git', ['status', '--porcelain'])).stdout).not.toContain('.rehearse');
  expect(await readFile(join(app, '.gitignore'), 'utf8')).toContain('\n.rehearse/runs/\n');
});

test('a program rehearses what golang-migrate would do next, from anywhere in the project', async () => {
  await write(GOLANG_MIGRATE);
  expect((await inApp('npx', ['rehearse', 'init', '--from', 'golang-migrate'])).exitCode).toBe(0);
  const below = { cwd: join(app, 'rehearsals') };
  const checked = await inApp('npx', ['rehearse', 'check', 'priority'], below);
  expect(checked.stdout).toContain('ok  priority (priority): 2 steps');
  const script = `
    import { rehearse } from 'dress-rehearsal';
    const { result, runFolder } = await rehearse({ dir: 'priority', target: 'embedded' });
    const broken = result.compatibility.filter(({ ok, version }) => !ok && version === 'old');
    console.log(JSON.stringify([result.steps.map(({ status }) => status), broken, runFolder]));`;
  const { stdout, stderr } = await inApp('node', ['--input-type=module', '-e', script]);
  const [steps, broken, folder] = JSON.parse(stdout as string) as [string[], unknown[], string];
  expect([steps, broken], stderr as string).toEqual([['ok', 'ok'], []]);
  expect(folder.startsWith(join(app, '.rehearse/runs/priority-'))).toBe(true);
  expect(await readdir(folder)).toContain('report.html');
});

test.skipIf(!(await needsEngine('to update a stack of the app’s own')))(
  'a Pulumi program of the app’s own rehearses by the component, and does not repeat itself',
  async () => {
    const engine = await findEngine();
    if ('missing' in engine) throw new Error(engine.missing);
    const own = await readFile(join(OWN_ROOT, 'package.json'), 'utf8');
    const { devDependencies } = JSON.parse(own) as { devDependencies: Record<string, string> };
    const sdk = `@pulumi/pulumi@${devDependencies['@pulumi/pulumi'] ?? ''}`;
    const flags = ['--no-save', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts'];
    expect((await inApp('npm', ['install', ...flags, sdk])).exitCode).toBe(0);
    await write({ ...PULUMI_PROGRAM, 'state/.keep': '' });
    const env = {
      ...engine.env,
      PULUMI_HOME: join(app, 'home'),
      PULUMI_BACKEND_URL: `file://${join(app, 'state')}`,
      PULUMI_CONFIG_PASSPHRASE: 'app',
    };
    const pulumi = async (...args: string[]): Promise<string> => {
      const { all } = await inApp('pulumi', [...args, '--non-interactive'], { env, all: true });
      return all as string;
    };
    await pulumi('stack', 'init', 'dev');
    expect(await pulumi('preview')).toContain('will be rehearsed for the first time, on target embedded');
    expect(await pulumi('up', '--yes', '--skip-preview')).toMatch(/4 created|INCONCLUSIVE/);
    await pulumi('up', '--yes', '--skip-preview'); // once more where a busy machine let nothing be judged
    expect(await pulumi('up', '--yes', '--skip-preview')).toContain('4 unchanged');
    expect(await pulumi('stack', 'output')).toMatch(/verdict\s+pass/);
    expect(await pulumi('destroy', '--yes', '--skip-preview')).toContain('4 deleted');
  },
);

test('the types of what the package exports can be used by a strict program', async () => {
  await mkdir(join(app, 'src'));
  const program = `
    import { rehearse, type Result } from 'dress-rehearsal';
    const rehearsed = await rehearse({ dir: 'x', since: 'origin/main' });
    export const verdict: Result['verdict'] = rehearsed.result.verdict;
    // @ts-expect-error: it is a text
    export const wrong: number = verdict;`;
  await writeFile(join(app, 'src/verdict.ts'), program);
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--skipLibCheck'];
  const tsc = join(OWN_ROOT, 'node_modules/typescript/bin/tsc');
  const { stdout } = await inApp(process.execPath, [tsc, ...flags, 'src/verdict.ts']);
  expect(stdout).toBe('');
});
