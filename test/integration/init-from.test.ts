import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';

/** As golang-migrate has them; the newest two add a column, and then drop the one that it stands for. */
const MIGRATIONS: Readonly<Record<string, string>> = {
  '1_shops.up.sql': `
    create extension if not exists citext;
    create type plan as enum ('free', 'paid');
    create table shops (id uuid primary key default gen_random_uuid(), slug citext not null unique, plan plan not null);`,
  '2_items.up.sql': `
    begin;
    create table items (shop_id uuid not null references shops, sku varchar(8), title text not null,
      price numeric(8,2) not null check (price >= 0), tags text[] not null default '{}', parent varchar(8),
      total numeric generated always as (price * 2) stored, primary key (shop_id, sku));
    create table "Notes" ("Id" bigint generated always as identity primary key, shop_id uuid not null, sku varchar(8) not null,
      body jsonb not null, foreign key (shop_id, sku) references items);
    create type spot as (x int, y int);
    create table places (id int primary key, at spot not null);
    commit;
    create index concurrently on items (parent);`,
  '9_names.up.sql': 'alter table items add column name text;',
  '9_names.down.sql': 'alter table items drop column name;',
  '10_no_title.go': 'package migrations',
  '10_no_title.up.sql': 'alter table items drop column title;',
  '10_no_title.down.sql': "alter table items add column title text not null default '';",
};

let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'rehearse-init-'));
  for (const [name, text] of Object.entries(MIGRATIONS)) {
    await mkdir(dirname(join(cwd, 'db/migrations', name)), { recursive: true });
    await writeFile(join(cwd, 'db/migrations', name), text);
  }
});
afterAll(() => rm(cwd, { recursive: true }));

test('init reads the newest migrations, the tables before them and a first workload out of a folder', async () => {
  const made = await runCli(['init', '--from', 'db/migrations', '--newest', '2'], { cwd });
  expect([made.code, made.stdout]).toEqual([0, 'wrote rehearsals/no-title\n']);
  expect(made.stderr).toBe(`4 migrations of golang-migrate in db/migrations
10_no_title.go is a program and is left out: only SQL is read; a command: step runs the tool itself
places stays empty: no value is known for its column at of type spot
rehearses 9_names, 10_no_title
next: rehearse run rehearsals/no-title; rehearse check rehearsals/no-title lists what is guessed
`);
  const yaml = await readFile(join(cwd, 'rehearsals/no-title/rehearsal.yaml'), 'utf8');
  expect(yaml.slice(yaml.indexOf('plan:\n')).replace(/ # guess.*/g, '')).toBe(`plan:
  - phase: expand
    name: 9_names
    sql: ../../db/migrations/9_names.up.sql
    rollback: ../../db/migrations/9_names.down.sql
  - { phase: deploy, deploy: { to: new, over: 5s } }
  - phase: contract
    name: 10_no_title
    sql: ../../db/migrations/10_no_title.up.sql
    rollback: ../../db/migrations/10_no_title.down.sql
`);
  const scripts = (version: string) => readdir(join(cwd, 'rehearsals/no-title/workload', version));
  const asked = [
    'items-by-key.sql',
    'items-new.sql',
    'notes-by-key.sql',
    'notes-change.sql',
    'notes-of-items-by-shop_id.sql',
    'shops-by-key.sql',
    'shops-change.sql',
    'shops-new.sql',
  ];
  expect([await scripts('old'), await scripts('new')]).toEqual([asked, asked]);
  const insert = await readFile(join(cwd, 'rehearsals/no-title/workload/new/items-new.sql'), 'utf8');
  expect(insert).toContain('insert into items (shop_id, sku, price, parent, name)\n');

  const checked = await runCli(['check', '--json'], { cwd });
  const { checked: one } = JSON.parse(checked.stdout) as { checked: { steps: number; guesses: unknown[] }[] };
  expect([checked.code, one[0]?.steps, one[0]?.guesses.length]).toEqual([0, 3, 9 + 2 * asked.length]);
  const told = await runCli(['check'], { cwd });
  expect(told.stderr).toContain(
    'rehearsals/no-title/rehearsal.yaml:10 is a guess: requests that the app gets in a second\n',
  );
}, 120_000);

test('what init cannot read is told all at once, and nothing is written', async () => {
  await mkdir(join(cwd, 'rehearsals/there'), { recursive: true });
  const args = ['--from', 'no/such', '--newest', 'x', '--snapshot', 'no.dump', '--server', 'NOT_SET'];
  const { code, stderr } = await runCli(['init', 'there', ...args], { cwd });
  expect([code, stderr]).toEqual([
    2,
    `error  init has 6 mistakes
  --from no/such: no/such is neither a folder nor a tool that is known; name the folder of the migrations, or one of prisma, supabase, drizzle, flyway, golang-migrate, goose, dbmate, sql-migrate, micrate, node-pg-migrate, diesel, sqlx, refinery, postgrator, yoyo, atlas, sqitch
  --snapshot no.dump: there is no such file; name a dump made by pg_dump
  --server NOT_SET: is not set; put the URL of the server into this environment variable
  --server: --snapshot tells the tables as well; name one of the two
  --newest x: is not a number of migrations from 1 on
  rehearsals/there: is there already; take another name: rehearse init <name>
`,
  ]);
});

test('an earlier migration that does not run is told with its line', async () => {
  await writeFile(join(cwd, 'db/migrations/2_broken.up.sql'), '\nalter table nobody add column a int;');
  const { code, stderr } = await runCli(['init', 'other', '--from', 'db/migrations'], { cwd });
  await rm(join(cwd, 'db/migrations/2_broken.up.sql'));
  expect([code, stderr]).toEqual([
    3,
    `5 migrations of golang-migrate in db/migrations
error RESTORE_FAILED: an earlier migration does not run here: db/migrations/2_broken.up.sql:2 relation "nobody" does not exist (42P01)
hint: take the tables from a dump (--snapshot <file>) or from a server (--server <variable>); nothing was written
`,
  ]);
  expect(await readdir(join(cwd, 'rehearsals'))).not.toContain('other');
}, 120_000);

test('init --since writes a plan by the folder, of what the branch adds', async () => {
  const git = (...args: string[]) => execa('git', args, { cwd });
  const isNew = (name: string): boolean => /^(9|10)_/.test(name);
  await git('init', '--quiet', '--initial-branch=main');
  await git('config', 'user.email', 'a@example.com');
  await git('config', 'user.name', 'a');
  await git(
    'add',
    ...Object.keys(MIGRATIONS).flatMap((name) => (isNew(name) ? [] : `db/migrations/${name}`)),
  );
  await git('commit', '--quiet', '--message=main');
  const asked = ['init', 'branch', '--from', 'db/migrations'];
  const wrong = await runCli([...asked, '--since', 'ledger', '--newest', '1'], { cwd });
  expect([wrong.code, wrong.stderr.match(/--newest 1|--since ledger/g)]).toEqual([
    2,
    ['--newest 1', '--since ledger'],
  ]);
  expect((await runCli([...asked, '--since', 'no-such'], { cwd })).stderr).toContain(
    '--since no-such: git knows no commit by the name no-such',
  );
  const made = await runCli([...asked, '--since', 'main'], { cwd });
  expect([made.code, made.stdout], made.stderr).toEqual([0, 'wrote rehearsals/branch\n']);
  const yaml = await readFile(join(cwd, 'rehearsals/branch/rehearsal.yaml'), 'utf8');
  expect(yaml).toContain('\nplan: { migrations: ../../db/migrations, since: main } # docs/since.md\n');
  const checked = await runCli(['check', 'rehearsals/branch', '--json'], { cwd });
  const { checked: told } = JSON.parse(checked.stdout) as { checked: { steps: number }[] };
  expect([checked.code, told[0]?.steps]).toEqual([0, 2]);
  await git('add', '.');
  await git('commit', '--quiet', '--message=all');
  expect(
    (await runCli(['init', 'other', '--from', 'db/migrations', '--since', 'main'], { cwd })).stderr,
  ).toContain(
    '--since main: has all 4 migrations: there is nothing new to look at; begin on a branch that adds one',
  );
});
