import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { INSTALLS } from './kinds.ts';
import { packageManagerOf } from './package-manager.ts';
import { REAPER_INSTALLS } from './reaper/kinds.ts';

const STARTER = {
  repository: '/srv/shop',
  dir: '/srv/shop/apps/100% web',
  home: '/home/ann',
  command: 'npx rehearse',
  install: 'npm ci',
  runs: '.rehearse/runs',
  nodeFolder: '/opt/node 22/bin',
};

test('each way to start the night names its command, and a deadline before its own', () => {
  const starter = { ...STARTER, repository: '/srv/my app', dir: '/srv/my app' };
  for (const [kind, install] of Object.entries(INSTALLS)) {
    const { files, then } = install(starter);
    const all = [...files.map(({ text }) => text), ...then].join('\n');
    expect([kind, all.includes('npx rehearse nightly')]).toEqual([kind, true]);
    expect([kind, /--deadline [56]h/.test(all)]).toEqual([kind, true]);
    for (const { path } of files) expect(path).toMatch(/^\/(srv\/my app|home\/ann)\//);
  }
});

interface GithubStep {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

test('the workflow of an app in a monorepo works in its folder, and keeps the history of a night that fails, but no values of rows', () => {
  const [file] = INSTALLS.github(STARTER).files;
  expect(file?.path).toBe('/srv/shop/.github/workflows/rehearse-nightly.yml');
  const { jobs } = parse(file?.text ?? '') as {
    jobs: { nightly: { defaults: unknown; steps: GithubStep[] } };
  };
  const { defaults, steps } = jobs.nightly;
  expect(defaults).toEqual({ run: { 'working-directory': 'apps/100% web' } });
  const night = steps.findIndex(({ run }) => run?.includes('nightly') === true);
  const [restored, saved] = steps.filter(({ uses }) => uses?.startsWith('actions/cache/') === true);
  expect(restored?.uses).toBe('actions/cache/restore@v5');
  expect([restored?.with?.['path'], saved?.with?.['path']]).toEqual(
    Array(2).fill('apps/100% web/.rehearse/runs/history.ndjson'),
  );
  expect(restored?.with?.['key']).toBe(saved?.with?.['key']);
  const after = steps.slice(night + 1);
  expect(after.map((step) => step.if)).toEqual(Array(3).fill('always()'));
  expect(after[2]?.with).toMatchObject({
    path: 'apps/100% web/.rehearse/runs\n!apps/100% web/.rehearse/runs/*/private/**\n',
    'include-hidden-files': true,
  });
});

test('the job of GitLab keeps the history of a night that fails, but no values of rows', () => {
  const [file] = INSTALLS.gitlab(STARTER).files;
  expect(file?.path).toBe('/srv/shop/.gitlab/rehearse-nightly.yml');
  const runs = 'apps/100% web/.rehearse/runs';
  expect((parse(file?.text ?? '') as Record<string, unknown>)['rehearse-nightly']).toMatchObject({
    cache: { paths: [`${runs}/history.ndjson`], when: 'always' },
    script: ['cd "apps/100% web"', 'npm ci', 'npx rehearse nightly --deadline 5h'],
    artifacts: { paths: [runs], exclude: [`${runs}/*/private/**/*`] },
  });
});

test('neither systemd nor cron stumbles over a folder with spaces and percent signs, and both find Node.js', () => {
  const [service] = INSTALLS.systemd(STARTER).files;
  expect(service?.text.split('\n')).toEqual(
    expect.arrayContaining([
      'WorkingDirectory=/srv/shop/apps/100%% web',
      'Environment="PATH=/opt/node 22/bin:/usr/local/bin:/usr/bin:/bin"',
      'ExecStart=/bin/sh -c "exec npx rehearse nightly --deadline 6h"',
    ]),
  );
  expect(INSTALLS.cron(STARTER).then.at(-1)).toBe(
    `17 2 * * * cd '/srv/shop/apps/100\\% web' && PATH='/opt/node 22/bin':"$PATH" npx rehearse nightly --quiet --deadline 6h`,
  );
});

test('each way to start the reaper removes, says where its tokens come from, and holds none', () => {
  for (const [kind, install] of Object.entries(REAPER_INSTALLS)) {
    const { files, then } = install(STARTER);
    const all = [...files.map(({ text }) => text), ...then].join('\n');
    expect([kind, all.includes('npx rehearse reap --execute')]).toEqual([kind, true]);
    expect([kind, all.includes('HCLOUD_TOKEN')]).toEqual([kind, true]);
  }
  const [service] = REAPER_INSTALLS.systemd(STARTER).files;
  expect(service?.text).toContain('\nEnvironmentFile=/home/ann/.config/dress-rehearsal/clouds.env\n');
  const [workflow] = REAPER_INSTALLS.github(STARTER).files;
  const { jobs } = parse(workflow?.text ?? '') as { jobs: { reap: { steps: { env?: unknown }[] } } };
  expect(jobs.reap.steps.at(-1)?.env).toMatchObject({ RAFF_API_KEY: '${{ secrets.RAFF_API_KEY }}' });
});

test.each([
  ['exit 0', ''],
  ['exit 6', 'left a host\n'],
])('the reaper of cron, whose command ends with %s, prints %j and knows the tokens', async (end, printed) => {
  const home = await mkdtemp(join(tmpdir(), "rehearse-reaper's %-"));
  try {
    await mkdir(join(home, '.config/dress-rehearsal'), { recursive: true });
    await writeFile(join(home, '.config/dress-rehearsal/clouds.env'), 'HCLOUD_TOKEN=abc\n');
    const command = join(home, 'bin');
    await writeFile(command, `test "$HCLOUD_TOKEN" = abc || echo no token\necho left a host\n${end}\n`);
    const starter = { ...STARTER, home, dir: home, command: 'sh bin' };
    const line = REAPER_INSTALLS.cron(starter).then.at(-1) ?? '';
    const words = line.replace('7,27,47 * * * * ', '').replaceAll('\\%', '%');
    expect(spawnSync('sh', ['-c', words], { encoding: 'utf8' })).toMatchObject({
      stdout: printed,
      stderr: '',
      status: printed === '' ? 0 : 1,
    });
  } finally {
    await rm(home, { recursive: true });
  }
});

test.each([
  [{ 'pnpm-lock.yaml': '' }, 'pnpm exec rehearse'],
  [{ 'yarn.lock': '', '.yarnrc.yml': '' }, 'yarn rehearse'],
  [{ 'yarn.lock': '' }, 'yarn --silent rehearse'],
  [{ 'package-lock.json': '' }, 'npx rehearse'],
  [{}, 'npx rehearse'],
])('a project whose root holds %j starts it by %s', async (files, command) => {
  const root = await mkdtemp(join(tmpdir(), 'rehearse-manager-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text);
    await mkdir(join(root, 'apps/web'), { recursive: true });
    expect(packageManagerOf(join(root, 'apps/web'), root).command).toBe(command);
  } finally {
    await rm(root, { recursive: true });
  }
});
