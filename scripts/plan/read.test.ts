import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RehearsalError } from '../shared/errors.ts';
import { redact } from '../shared/text/redact.ts';
import { FILES, folderWith, HEAD, mistakesIn, readYaml } from './read.fixture.ts';
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

const FROM_ENVIRONMENT = `${HEAD.replace('400/s', '"${RATE}"')}plan:
  - { phase: expand, command: "deploy --key=\${KEY} \$\${KEY}", retries: "\${RETRIES}" }
`;

test('${NAME} comes from the environment, then the .env of the rehearsal, then the .env of the caller', async () => {
  const dotenv = {
    'r/.env': 'RATE=30/min\nKEY=near-secret',
    '.env': 'RATE=1/s\nKEY=far\nRETRIES=4\nUNUSED=x',
  };
  const { load, plan, environment, files } = await readYaml(FROM_ENVIRONMENT, dotenv, { KEY: 'top-secret' });
  expect(load.ratePerSec).toBe(0.5);
  expect(plan[0]).toMatchObject({ command: 'deploy --key=${KEY} ${KEY}', retries: 4 });
  expect(environment).toEqual({ RATE: '30/min', KEY: 'top-secret', RETRIES: '4' });
  expect(files).not.toContain('.env');
  expect(redact('the key is top-secret')).toBe('the key is ***');
  expect(process.env['RETRIES']).toBeUndefined();
});

test.each([
  ['DATABASE_URL', 'x'],
  ['PGHOST', 'x'],
  ['PGSERVICE', 'x'],
  ['APP_DB_PASSWORD', 'x'],
  ['SPRING_DATASOURCE_URL', 'x'],
  ['MONEY', 'postgres://u:p@prod/d'],
  ['MONEY', 'host=prod dbname=d'],
])('${%s} with the value %s leads to another database, and is refused', async (name, value) => {
  const yaml = `${HEAD}plan:\n  - { phase: expand, command: "psql '\${${name}}'" }\n`;
  const [mistake, ...others] = await mistakesIn(yaml, { 'r/.env': `${name}=${value}` });
  expect(others).toEqual([]);
  expect(mistake).toMatch(/^r\/rehearsal\.yaml:7 plan\[0\]\.command: .*: the rehearsal sets it$/);
  expect(mistake).not.toContain('prod');
});

test('an alias cannot carry a value into a command', async () => {
  const yaml = `${HEAD}plan:\n  - { phase: expand, name: &n "do \${KEY}", command: *n }\n`;
  expect(await mistakesIn(yaml, { 'r/.env': 'KEY=abcdef' })).toEqual([
    'r/rehearsal.yaml:7 command: an alias brings a value into the command; write the command out here',
  ]);
});

test('a name that is set nowhere is one mistake, with its line', async () => {
  expect(await mistakesIn(FROM_ENVIRONMENT, { '.env': 'RATE=1/s\nKEY=k' })).toEqual([
    'r/rehearsal.yaml:7 plan[0].retries: ${RETRIES} is not set; put RETRIES=… into .env or set it in the environment',
  ]);
  const block = `${HEAD}plan:\n  - phase: expand\n    command: |\n      one\n      two \${TWO}\n      \${not a name}\n`;
  expect(await mistakesIn(block)).toEqual([
    'r/rehearsal.yaml:10 plan[0].command: ${TWO} is not set; put TWO=… into .env or set it in the environment',
    'r/rehearsal.yaml:11 plan[0].command: ${not a name} is not a name of the environment; write ${NAME}, or $${ for the characters',
  ]);
});

test('no message shows a value that came from outside', async () => {
  const yaml = `version: "\${SECRET}"
name: "\${SECRET}"
snapshot: { source: "\${SECRET}", takenAt: "\${SECRET}" }
postgres: { version: "\${SECRET}", standby: "\${SECRET}", settings: { port: "\${SECRET}" } }
hosts: { primary: { cpu: "\${SECRET}", memory: "\${SECRET}" } }
load: { rate: "\${SECRET}", connections: "\${SECRET}", versions: { old: "\${SECRET}", new: new } }
budgets: { p99: "\${SECRET}", blockedSeconds: "\${SECRET}" }
plan:
  - { phase: "\${SECRET}", sql: "\${SECRET}", transaction: "\${SECRET}", pointOfNoReturn: "\${SECRET}" }
  - { phase: deploy, deploy: { to: "\${SECRET}", strategy: "\${SECRET}" } }
  - { phase: backfill, backfill: { table: "\${SECRET}", key: "\${SECRET}", set: "\${SECRET}", where: "\${SECRET}" } }
  - { phase: deploy, deploy: { to: "\${SECRET}" } }
  - { phase: expand, soak: "\${SECRET}", name: "\${SECRET}" }
  - { phase: expand, soak: 1s, name: "\${SECRET}", rollback: "\${SECRET}" }
  - "\${SECRET}"
`;
  const mistakes = await mistakesIn(yaml, {}, { SECRET: "hunter2 'x" });
  expect(mistakes.length).toBeGreaterThan(25);
  expect(mistakes.join('\n')).not.toContain('hunter2');
});
