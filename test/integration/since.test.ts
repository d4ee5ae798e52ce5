import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';

const LOAD = 'load: { rate: 10/s, versions: { app: app } }';
const YAML = (plan: string, snapshot = 'generator: base.sql') =>
  `version: 1\nname: r\nsnapshot: { ${snapshot} }\n${LOAD}\nplan: ${plan}\n`;
const BY_FOLDER = YAML('{ migrations: ../../db/migrations, lockTimeout: 2s }');
const MIGRATION = (column: string): string => `alter table t add column ${column} int;`;

let root: string;
let cwd: string;

async function write(files: Readonly<Record<string, string>>, folder = cwd): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

async function git(...args: string[]): Promise<void> {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false'];
  await execa('git', [...who, ...args], { cwd });
}

/** A branch that left main, which has gone on since, with one commit and one file that is not committed. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'rehearse-since-'));
  cwd = join(root, 'app');
  await mkdir(cwd);
  await git('init', '--quiet', '--initial-branch=main');
  await write({
    'db/migrations/1_a.up.sql': MIGRATION('a'),
    'db/migrations/2_b.up.sql': MIGRATION('b'),
    'rehearsals/r/rehearsal.yaml': BY_FOLDER,
    'rehearsals/r/base.sql': 'create table t (id int);',
    'rehearsals/r/app/read.sql': 'select 1;',
  });
  await git('add', '.');
  await git('commit', '--quiet', '--message=before');
  await git('checkout', '--quiet', '-b', 'branch');
  await write({
    'db/migrations/2_b.up.sql': `${MIGRATION('b')}\n-- edited`,
    'db/migrations/9_c.up.sql': MIGRATION('c'),
    'db/migrations/9_c.down.sql': 'alter table t drop column c;',
  });
  await git('add', '.');
  await git('commit', '--quiet', '--message=ours');
  await git('checkout', '--quiet', 'main');
  await write({ 'db/migrations/3_theirs.up.sql': MIGRATION('theirs') });
  await git('add', '.');
  await git('commit', '--quiet', '--message=theirs');
  await git('checkout', '--quiet', 'branch');
  await write({ 'db/migrations/10_d.up.sql': 'alter table t drop column a;' });
});
afterAll(() => rm(root, { recursive: true }));

test('what a branch adds is the plan, in the tool’s order, committed or not', async () => {
  await write({
    'rehearsals/r/rehearsal.yaml': BY_FOLDER.replace('lockTimeout', 'since: main, lockTimeout'),
  });
  const { code, stdout, stderr } = await runCli(['check', 'r'], { cwd });
  expect([code, stdout]).toEqual([
    0,
    'ok  rehearsals/r (r): 2 steps, 1 workload script of 1 app version, 6 files\n',
  ]);
  expect(stderr).toContain(
    'rehearsals/r: 2_b is not as main has it: a database that ran it already will not run it again\n',
  );
  expect(stderr).toContain('reads ../../db/migrations/9_c.down.sql');
});

test('where nothing is new a run says so and ends with exit code 0, and --since wins', async () => {
  await write({
    'rehearsals/r/rehearsal.yaml': BY_FOLDER.replace('lockTimeout', 'since: main, lockTimeout'),
  });
  await git('stash', '--quiet', '--include-untracked', '--', 'db');
  const same = await runCli(['run', 'r', '--since', 'branch'], { cwd });
  const json = await runCli(['run', 'r', '--since', 'branch', '--json'], { cwd });
  await git('stash', 'pop', '--quiet');
  const nothingNew = 'nothing new: branch has all 3 migrations of ../../db/migrations';
  expect(same).toEqual({ code: 0, stdout: `${nothingNew}\n`, stderr: '' });
  expect(JSON.parse(json.stdout)).toEqual({ schemaVersion: 1, rehearsal: 'r', nothingNew });
});

test('a ref that git does not know, none at all, and a shallow clone are one clear message each', async () => {
  await write({ 'rehearsals/r/rehearsal.yaml': BY_FOLDER });
  const told = async (args: readonly string[], folder = cwd): Promise<string> => {
    const { code, stderr } = await runCli(['run', 'r', ...args], { cwd: folder });
    expect(code).toBe(2);
    return stderr.split('\n')[1]?.trim() ?? '';
  };
  expect(await told([])).toBe(
    '5 plan.since: missing; write since: origin/main, or rehearse run --since origin/main',
  );
  expect(await told(['--since', 'no-such'])).toBe(
    '5 plan: git knows no commit by the name no-such; name a branch, a tag or a commit, or fetch it: git fetch origin',
  );
  expect(await told(['--since=--output=x'])).toContain('git knows no commit by the name --output=x');
  await git('add', '.');
  await git('commit', '--quiet', '--message=more');
  const clone = join(root, 'clone');
  await execa('git', ['clone', '--quiet', '--depth=1', '--no-single-branch', `file://${cwd}`, clone]);
  expect(await told(['--since', 'origin/main'], clone)).toBe(
    '5 plan: this clone is shallow: the commit at which this branch left origin/main is not in it; fetch all of it first (git fetch --unshallow; in GitHub Actions fetch-depth: 0)',
  );
  await write({ 'rehearsals/r/rehearsal.yaml': YAML('[{ phase: expand, sql: base.sql }]') });
  expect(await told(['--since', 'main'])).toContain(
    '--since main asks for the new migrations of a folder; leave --since out to rehearse these steps',
  );
});

const LEDGER = `create table t (id int);
create table schema_migrations (version bigint not null primary key, dirty boolean not null);
insert into schema_migrations values (2, false);`;
const PRISMA_LEDGER = `create table public._prisma_migrations (id text, checksum text, finished_at timestamptz, migration_name text,
  rolled_back_at timestamptz);
COPY public._prisma_migrations (id, checksum, finished_at, migration_name, rolled_back_at) FROM stdin;
a\t1\t2026-11-01 10:00:00+00\t20261101000000_a\t\\N
b\t1\t2026-11-01 10:00:00+00\t20261103000000_by_hand\t\\N
c\t1\t\\N\t20261104000000_c\t\\N
\\.
`;

test('what the snapshot’s own table lacks is the plan, and what was done beside it shows', async () => {
  await write({
    'rehearsals/r/rehearsal.yaml': YAML('{ migrations: ../../db/migrations, since: ledger }'),
    'rehearsals/r/base.sql': LEDGER,
  });
  const numbered = await runCli(['check', 'r', '--json'], { cwd });
  expect(JSON.parse(numbered.stdout)).toMatchObject({ ok: true, checked: [{ steps: 2 }] });

  const names = ['20261101000000_a', '20261102000000_b', '20261104000000_c'];
  await write({
    'rehearsals/r/rehearsal.yaml': YAML('{ migrations: prisma, since: ledger }', 'source: dump.sql'),
    'rehearsals/r/dump.sql': PRISMA_LEDGER,
    ...Object.fromEntries(names.map((name) => [`rehearsals/r/prisma/${name}/migration.sql`, MIGRATION('x')])),
  });
  const { code, stdout, stderr } = await runCli(['check', 'r'], { cwd });
  expect([code, stdout]).toEqual([
    0,
    'ok  rehearsals/r (r): 2 steps, 1 workload script of 1 app version, 4 files\n',
  ]);
  expect(stderr.replaceAll('rehearsals/r: ', '').split('\n')).toEqual([
    'the snapshot has run 20261103000000_by_hand, which is not in the folder',
    '20261101000000_a is not as it was when the snapshot ran it',
    '20261104000000_c began there and has not ended: Prisma goes on only after prisma migrate resolve',
    '',
  ]);
  await write({ 'rehearsals/r/dump.sql': 'create table t (id int);' });
  const without = await runCli(['check', 'r'], { cwd });
  expect([without.code, without.stderr]).toEqual([
    2,
    expect.stringContaining(
      'rehearsals/r/dump.sql has no table _prisma_migrations, in which Prisma writes what it has run; name a git ref instead',
    ),
  ]);
});
