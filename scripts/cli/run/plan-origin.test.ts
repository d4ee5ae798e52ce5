import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { planOrigin } from './plan-origin.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;
let root: string;
let dir: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rehearse-origin-'));
  dir = join(root, 'rehearsals', 'mine');
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'rehearsal.yaml'), 'version: 1\n');
  await writeFile(join(root, 'shared.sql'), 'select 1;\n');
});
afterEach(() => rm(root, { recursive: true }));
afterEach(() => void vi.unstubAllEnvs());

const git = (...args: string[]): Promise<unknown> =>
  run('git', ['-C', root, '-c', 'user.name=A', '-c', 'user.email=secret@example.org', ...args]);
const origin = (): ReturnType<typeof planOrigin> =>
  planOrigin({ dir, files: ['rehearsal.yaml', '../../shared.sql'] }, signal);

async function committed(): Promise<void> {
  await git('init', '--quiet', '--initial-branch=next');
  await git('add', '.');
  await git('commit', '--quiet', '--message=first');
}

test('outside of a repository, and in one without a commit, only the machine is known', async () => {
  const nothing = { machine: hostname(), commit: null, branch: null, isDirty: null };
  expect(await origin()).toEqual(nothing);
  await git('init', '--quiet');
  expect(await origin()).toEqual(nothing);
});

test('commit and branch are told, and that nothing was changed since', async () => {
  await committed();
  const commit = expect.stringMatching(/^[0-9a-f]{40}$/) as string;
  expect(await origin()).toEqual({ machine: hostname(), commit, branch: 'next', isDirty: false });
  await git('checkout', '--quiet', '--detach');
  for (const name of [
    'GITHUB_REF',
    'GITHUB_REF_TYPE',
    'GITHUB_BASE_REF',
    'CI_MERGE_REQUEST_IID',
    'CI_COMMIT_BRANCH',
  ])
    vi.stubEnv(name, '');
  expect(await origin()).toMatchObject({ branch: null, isDirty: false });
  vi.stubEnv('GITHUB_REF', 'refs/pull/12/merge');
  expect(await origin()).toMatchObject({ branch: 'pull/12', isDirty: false });
});

test.each([
  ['a changed file', () => writeFile(join(dir, 'rehearsal.yaml'), 'version: 2\n'), true],
  ['a new file', () => writeFile(join(dir, 'new.sql'), ''), true],
  ['a changed file beside the folder', () => writeFile(join(root, 'shared.sql'), ''), true],
  ['a file of others', () => writeFile(join(root, 'other.txt'), ''), false],
])('%s: is dirty %#', async (_what, change, isDirty) => {
  await committed();
  await change();
  expect(await origin()).toMatchObject({ isDirty });
});

test('what a repository configures is not run, and a hook of git leads nowhere else', async () => {
  await committed();
  await git('config', 'core.fsmonitor', `touch ${join(root, 'ran')}`);
  process.env['GIT_DIR'] = join(root, 'nowhere');
  try {
    expect(await origin()).toMatchObject({ branch: 'next', isDirty: false });
  } finally {
    delete process.env['GIT_DIR'];
  }
});
