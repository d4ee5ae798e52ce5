import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OWN_ROOT } from '../../scripts/shared/places/own-files.mjs';

/** Package managers besides npm: how each is had from the registry, and what says that a folder is a workspace. */
const MANAGERS = [
  {
    name: 'pnpm',
    version: '9',
    program: 'bin/pnpm.cjs',
    root: {
      'package.json': '{ "name": "mono", "private": true }',
      'pnpm-workspace.yaml': 'packages: [apps/*]',
    },
    install: ['install', '--ignore-scripts'],
    run: ['exec', 'rehearse'],
  },
  {
    name: 'yarn',
    version: '1',
    program: 'bin/yarn.js',
    root: { 'package.json': '{ "name": "mono", "private": true, "workspaces": ["apps/*"] }' },
    install: ['install', '--ignore-scripts', '--non-interactive'],
    run: ['--silent', 'rehearse'],
  },
  {
    // Plug'n'Play: no node_modules, and packages that stay zipped.
    name: '@yarnpkg/cli-dist',
    version: '4',
    program: 'bin/yarn.js',
    root: {
      'package.json': '{ "name": "mono", "private": true, "workspaces": ["apps/*"] }',
      '.yarnrc.yml': 'enableImmutableInstalls: false\nenableTelemetry: false\nenableScripts: false\n',
      'yarn.lock': '',
    },
    install: ['install'],
    run: ['rehearse'],
  },
] as const;

const APP: Readonly<Record<string, string>> = {
  'package.json':
    '{ "name": "shop", "version": "1.0.0", "private": true, "devDependencies": { "dress-rehearsal": "file:../../rehearsal.tgz" } }',
  'db/migrations/1_init.up.sql': 'create table tickets (id bigserial primary key, title text not null);',
  'db/migrations/2_priority.up.sql': 'alter table tickets add column priority smallint;',
};

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'rehearse-workspaces-'));
  await execa('npm', ['pack', '--silent', '--ignore-scripts=false', '--pack-destination', home], {
    cwd: OWN_ROOT,
  });
}, 300_000);
afterAll(() => rm(home, { recursive: true }));

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, dirname(name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** Undefined, and said aloud, where the registry does not give it. */
async function had({ name, version, program }: (typeof MANAGERS)[number]): Promise<string | undefined> {
  const prefix = join(home, `tool-${name}`);
  const flags = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', prefix];
  const got = await execa('npm', ['install', ...flags, `${name}@${version}`], { reject: false });
  if (got.exitCode === 0) return join(prefix, 'node_modules', name, program);
  process.stderr.write(`SKIPPING TESTS: npm install ${name}@${version} failed: ${got.stderr}\n`);
  return undefined;
}

test.each(MANAGERS)(
  'in a workspace of $name an app of a monorepo rehearses its own migrations',
  async (manager) => {
    const program = await had(manager);
    if (program === undefined) return;
    const root = join(home, manager.name);
    await write(root, manager.root);
    await write(join(root, 'apps/shop'), APP);
    const [tarball = ''] = (await readdir(home)).filter((name) => name.endsWith('.tgz'));
    await copyFile(join(home, tarball), join(root, 'rehearsal.tgz'));
    const at = (cwd: string, args: readonly string[]) =>
      execa(process.execPath, [program, ...args], { cwd, reject: false, stdin: 'ignore' });
    const installed = await at(root, manager.install);
    expect(installed.exitCode, installed.stderr).toBe(0);
    const app = join(root, 'apps/shop');
    const made = await at(app, [...manager.run, 'init', '--from', 'db/migrations']);
    expect([made.exitCode, made.stdout], made.stderr).toEqual([0, 'wrote rehearsals/priority']);
    const checked = await at(app, [...manager.run, 'check']);
    expect(checked.stdout, checked.stderr).toContain('ok  rehearsals/priority (priority): 2 steps');
    expect(await readdir(app)).toContain('.gitignore');
    // The manager’s own way to files has all that is needed to keep a restored database.
    const run = await at(app, [...manager.run, 'run']);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stderr).not.toContain('is not kept');
  },
  300_000,
);
