import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RehearsalError } from '../shared/errors.ts';
import { FILES, folderWith, HEAD, readYaml } from './read.fixture.ts';
import { readRehearsal } from './read.ts';

const SOAK = `${HEAD}plan:\n  - { phase: expand, soak: 1s }\n`;

test('a rehearsal is read with units converted, defaults filled in and paths absolute', async () => {
  const yaml = `version: 1
name: demo
snapshot: { generator: ./gen.sql, takenAt: 2026-11-20T02:00:00+01:00 }
postgres: { version: 16, binDir: bin, port: 5499, settings: { fsync: off, work_mem: 4MB, max_connections: 50 }, standby: true }
hosts: { primary: { cpu: 2, memory: 4GB, class: dedicated, disk: 50MB/s }, standby: { memory: 128MB, link: { rate: 1.5gbit, delay: 2ms } }, driver: {} }
load: { rate: 120/min, connections: 3, warmup: 1m, cooldown: 1s, seed: 7, versions: { old: old, new: ./new } }
budgets: { lockWait: 1s, lockHold: 2s, p99: 100ms, errors: 3, blockedSeconds: 1m, stepDuration: 1h, backfillRate: 60/min, replicationLag: 5s }
plan:
  - { phase: expand, sql: sql/1-expand.sql, rollback: sql/undo.sql, lockTimeout: 2s, statementTimeout: 1m30s, retries: 10, retryPause: 1s }
  - { phase: deploy, deploy: { to: new } }
  - phase: backfill
    backfill: { table: public.t, key: id, set: x = 1, where: x is null, batchTarget: 20ms, throttle: { p99: 60ms } }
  - { phase: backfill, verify: [sql/2-verify.sql], name: no gaps }
  - { phase: switch, command: make migrate, timeout: 5m }
  - { phase: contract, soak: 30s }
  - { phase: contract, sql: [sql/undo.sql, sql/1-expand.sql], transaction: single, pointOfNoReturn: true }
`;
  const rehearsal = await readYaml(yaml);
  const { dir } = rehearsal;
  const base = { retries: 0, retryPauseMs: 200, pointOfNoReturn: false };
  const expand = { file: 'sql/1-expand.sql', text: FILES['r/sql/1-expand.sql'] };
  const undo = { file: 'sql/undo.sql', text: FILES['r/sql/undo.sql'] };
  expect(rehearsal).toEqual({
    name: 'demo',
    targets: {},
    scenarios: [{ name: 'quiet', actors: [] }],
    dir,
    snapshot: { kind: 'generator', path: join(dir, 'gen.sql'), takenAt: '2026-11-20T02:00:00+01:00' },
    postgres: {
      version: 16,
      binDir: join(dir, 'bin'),
      port: 5499,
      settings: [
        { name: 'fsync', value: 'off' },
        { name: 'work_mem', value: '4MB' },
        { name: 'max_connections', value: '50' },
      ],
      standby: true,
    },
    hosts: {
      primary: { cpu: 2, memoryBytes: 4 * 1024 ** 3, class: 'dedicated', diskBytesPerSec: 50 * 1024 ** 2 },
      standby: { memoryBytes: 128 * 1024 ** 2, linkBitsPerSec: 1_500_000_000, linkDelayMs: 2 },
      driver: {},
    },
    load: {
      ratePerSec: 2,
      connections: 3,
      warmupMs: 60_000,
      cooldownMs: 1000,
      seed: 7,
      versions: ['old', 'new'].map((name) => ({
        name,
        dir: join(dir, name),
        scripts: [
          {
            name: 'read',
            path: join(dir, name, 'read.sql'),
            text: name === 'old' ? FILES['r/old/read.sql'] : FILES['r/new/read.sql'],
          },
        ],
      })),
    },
    budgets: {
      lockWaitMs: 1000,
      lockHoldMs: 2000,
      p99Ms: 100,
      errors: 3,
      blockedSeconds: 60,
      stepDurationMs: 3_600_000,
      backfillRatePerSec: 1,
      replicationLagMs: 5000,
    },
    plan: [
      {
        ...base,
        kind: 'sql',
        name: 'expand',
        phase: 'expand',
        lockTimeoutMs: 2000,
        statementTimeoutMs: 90_000,
        retries: 10,
        retryPauseMs: 1000,
        rollback: { ...undo, transaction: 'as-written' },
        files: [expand],
        transaction: 'as-written',
      },
      {
        ...base,
        kind: 'deploy',
        name: 'deploy new',
        phase: 'deploy',
        to: 'new',
        strategy: 'rolling',
        overMs: 10_000,
      },
      {
        ...base,
        kind: 'backfill',
        name: 'backfill public.t',
        phase: 'backfill',
        table: 'public.t',
        key: ['id'],
        set: 'x = 1',
        where: 'x is null',
        batchTargetMs: 20,
        throttleP99Ms: 60,
      },
      {
        ...base,
        kind: 'verify',
        name: 'no gaps',
        phase: 'backfill',
        files: [{ file: 'sql/2-verify.sql', text: FILES['r/sql/2-verify.sql'] }],
      },
      {
        ...base,
        kind: 'command',
        name: 'make',
        phase: 'switch',
        command: 'make migrate',
        output: 'private',
        timeoutMs: 300_000,
        touchesDatabase: true,
      },
      { ...base, kind: 'soak', name: 'soak', phase: 'contract', forMs: 30_000 },
      {
        ...base,
        kind: 'sql',
        name: 'undo',
        phase: 'contract',
        files: [undo, expand],
        transaction: 'single',
        pointOfNoReturn: true,
      },
    ],
    files: [
      'gen.sql',
      'new/read.sql',
      'old/read.sql',
      'rehearsal.yaml',
      'sql/1-expand.sql',
      'sql/2-verify.sql',
      'sql/undo.sql',
    ],
    outside: [],
    environment: {},
  });
});

test('without them, postgres, hosts and budgets have their defaults', async () => {
  const rehearsal = await readYaml(SOAK.replace('budgets: { errors: 3 }\n', ''));
  expect(rehearsal).toMatchObject({
    postgres: { settings: [], standby: false },
    hosts: {},
    budgets: { lockWaitMs: 500, errors: 0 },
    hasDefaultBudgets: true,
    load: { connections: 20, warmupMs: 10_000, cooldownMs: 3000, seed: 1 },
  });
  const { budgets, hasDefaultBudgets } = await readYaml(SOAK);
  expect({ budgets, hasDefaultBudgets }).toEqual({ budgets: { errors: 3 } });
});

test('a snapshot may be a dump, also as a folder, or a command; the dump is no file of the plan', async () => {
  const dump = await readYaml(SOAK.replace('generator: gen.sql', 'source: dump'), { 'r/dump/toc.dat': 'x' });
  expect(dump.snapshot).toEqual({ kind: 'file', path: join(dump.dir, 'dump') });
  expect(dump.files).toEqual(['new/read.sql', 'old/read.sql', 'rehearsal.yaml']);
  const command = await readYaml(SOAK.replace('generator: gen.sql', 'command: ./fill.sh'));
  expect(command.snapshot).toEqual({ kind: 'command', command: './fill.sh' });
});

test('app versions keep the order in which they are written', async () => {
  const folders = { z: 'old', a: 'new', m: 'old' };
  const versions = JSON.stringify(folders).replaceAll('"', ' ');
  const { load } = await readYaml(SOAK.replace('{ old: old, new: new }', versions.replaceAll(' :', ': ')));
  expect(load.versions.map(({ name }) => name)).toEqual(['z', 'a', 'm']);
});

test('a rehearsal is found by folder, by file and by bare name', async () => {
  const files = Object.entries({ ...FILES, 'r/rehearsal.yaml': SOAK, 'r/other.yaml': SOAK });
  const cwd = folderWith(Object.fromEntries(files.map(([name, text]) => [`rehearsals/${name}`, text])));
  for (const asked of [
    'r',
    'rehearsals/r',
    './rehearsals/r/',
    join(cwd, 'rehearsals/r'),
    'rehearsals/r/rehearsal.yaml',
  ])
    expect((await readRehearsal(asked, { cwd, env: {} })).dir).toBe(join(cwd, 'rehearsals/r'));
  const other = await readRehearsal('rehearsals/r/other.yaml', { cwd, env: {} });
  expect(other.files).toContain('other.yaml');
});

test('a rehearsal that is not there is told with those that are', async () => {
  const cwd = folderWith({
    'rehearsals/add-index/rehearsal.yaml': '',
    'rehearsals/not-null/rehearsal.yaml': '',
    'empty/x': '',
  });
  await expect(readRehearsal('add-indx', { cwd, env: {} })).rejects.toEqual(
    new RehearsalError('REHEARSAL_NOT_FOUND', 'there is no rehearsal add-indx', {
      hint: 'rehearsals here: rehearsals/add-index, rehearsals/not-null; did you mean add-index?',
    }),
  );
  await expect(readRehearsal('empty', { cwd, env: {} })).rejects.toMatchObject({
    code: 'REHEARSAL_NOT_FOUND',
    message: 'empty has no rehearsal.yaml',
  });
  await expect(readRehearsal('x', { cwd: join(cwd, 'empty'), env: {} })).rejects.toMatchObject({
    hint: 'rehearsals here: ../rehearsals/add-index, ../rehearsals/not-null',
  });
  await expect(readRehearsal('x', { cwd: folderWith({ '.git/HEAD': '' }), env: {} })).rejects.toMatchObject({
    hint: 'rehearse init <name> makes a rehearsal to start from',
  });
});
