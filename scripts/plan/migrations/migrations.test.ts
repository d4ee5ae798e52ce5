import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listMigrations } from './list-migrations.ts';
import { phaseOf } from './phase-of.ts';

const SQL = 'create table t (id int);';

/** The tool, and the names of the migrations in their order, each with the file of its way back. */
async function listed(files: Readonly<Record<string, string>>, folder = 'migrations') {
  const root = await mkdtemp(join(tmpdir(), 'rehearse-migrations-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await mkdir(join(root, folder), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, folder, name)), { recursive: true });
    await writeFile(join(root, folder, name), text);
  }
  const { tool, migrations } = await listMigrations(join(root, folder), folder);
  const backs = migrations.flatMap(({ down }) =>
    down === undefined ? [] : [relative(join(root, folder), down)],
  );
  return [tool, migrations.map(({ name }) => name), backs];
}

const MARKED = (up: string, down: string): string => `${up}\n${SQL}\n${down}\ndrop table t;\n`;
const GOOSE = MARKED('-- +goose Up', '-- +goose Down');

test.each([
  [
    'Prisma',
    { '20261102000000_b/migration.sql': SQL, '20261101000000_a/migration.sql': SQL },
    ['20261101000000_a', '20261102000000_b'],
    [],
  ],
  [
    'golang-migrate',
    { '2_b.up.sql': SQL, '10_c.up.sql': SQL, '1_a.up.sql': SQL, '10_c.down.sql': SQL },
    ['1_a', '2_b', '10_c'],
    ['10_c.down.sql'],
  ],
  ['goose', { '2_b.sql': GOOSE, '10_c.sql': GOOSE }, ['2_b', '10_c'], ['2_b.sql', '10_c.sql']],
  [
    'dbmate',
    { '20260101_a.sql': MARKED('-- migrate:up', '-- migrate:down') },
    ['20260101_a'],
    ['20260101_a.sql'],
  ],
  [
    'diesel',
    {
      '2026-11-02-000000_b/up.sql': SQL,
      '2026-11-01-000000_a/up.sql': SQL,
      '2026-11-02-000000_b/down.sql': SQL,
    },
    ['2026-11-01-000000_a', '2026-11-02-000000_b'],
    ['2026-11-02-000000_b/down.sql'],
  ],
  [
    'Flyway',
    {
      'R__views.sql': SQL,
      'V10__c.sql': SQL,
      'V1.2__b.sql': SQL,
      'V1__a.sql': SQL,
      'U10__c.sql': SQL,
      'v2/r1/V11__d.sql': SQL,
    },
    ['V1__a', 'V1.2__b', 'V10__c', 'V11__d', 'R__views'],
    ['U10__c.sql'],
  ],
  [
    'Postgrator',
    { '002.do.b.sql': SQL, '001.do.sql': SQL, '002.undo.b.sql': SQL },
    ['001.do', '002.do.b'],
    ['002.undo.b.sql'],
  ],
  [
    'yoyo',
    { 'b.sql': SQL, 'a.sql': `-- depends: b\n${SQL}`, 'a.rollback.sql': 'drop table t;' },
    ['b', 'a'],
    ['a.rollback.sql'],
  ],
  [
    'Drizzle',
    {
      '0000_z.sql': SQL,
      '0001_a.sql': SQL,
      'meta/_journal.json': '{"entries":[{"tag":"0000_z"},{"tag":"0001_a"}]}',
    },
    ['0000_z', '0001_a'],
    [],
  ],
  [
    'Sqitch',
    {
      'sqitch.plan':
        '%project=app\n\nz_first 2026-11-01T12:00:00Z Ada <ada@a.org> # a\na [z_first] 2026-11-02T12:00:00Z Ada <ada@a.org>\n@v1 2026-11-02T12:00:00Z Ada <ada@a.org>\nz_first [z_first@v1] 2026-11-03T12:00:00Z Ada <ada@a.org>\n',
      'deploy/z_first.sql': SQL,
      'deploy/z_first@v1.sql': SQL,
      'deploy/a.sql': SQL,
      'deploy/not_planned.sql': SQL,
      'revert/a.sql': 'drop table t;',
      'verify/a.sql': 'select 1;',
    },
    ['z_first@v1', 'a', 'z_first'],
    ['revert/a.sql'],
  ],
  [
    'Atlas',
    { 'atlas.sum': 'h1:abc=', '20261102000000_b.sql': SQL, '20261101000000.sql': SQL },
    ['20261101000000', '20261102000000_b'],
    [],
  ],
  [undefined, { '10_b.sql': SQL, '9_a.sql': SQL, '8_empty.sql': '-- nothing yet\n' }, ['9_a', '10_b'], []],
] as const)(
  'the migrations of %s are found in its own order, with their ways back',
  async (tool, files, names, downs) => {
    expect(await listed(files)).toEqual([tool, names, downs]);
  },
);

test('Supabase is known by the place of its migrations', async () => {
  expect(await listed({ '20261101000000_a.sql': SQL }, 'supabase/migrations')).toEqual([
    'Supabase',
    ['20261101000000_a'],
    [],
  ]);
});

test('a folder without a migration, and one with those of two tools, are refused with what to do', async () => {
  await expect(listed({ 'readme.txt': '' })).rejects.toThrow(/holds no migration in SQL$/);
  await expect(listed({ 'sqitch.plan': 'a\nb\n', 'deploy/a.sql': SQL })).rejects.toThrow(
    'migrations has no deploy/b.sql, which is in sqitch.plan',
  );
  await expect(listed({ '1_a.up.sql': SQL, 'V1__a.sql': SQL })).rejects.toThrow(
    'migrations holds migrations of golang-migrate and Flyway',
  );
  await expect(listMigrations(join(tmpdir(), basename('no-such-folder')), 'here')).rejects.toThrow(
    'here is not a folder that can be read',
  );
});

test.each([
  ['2 files in .js, such as 1_a.js', { '1_a.js': '', '2_b.js': '' }],
  ['1 file in .py, such as ae1b_t.py', { '__init__.py': '', 'ae1b_t.py': '' }],
  ['1 file in .rb, such as 20261101120000_a.rb', { '20261101120000_a.rb': '' }],
])('of a folder of programs alone it is said what they are: %s', async (what, files) => {
  await expect(listed(files)).rejects.toThrow(
    `migrations holds no migration in SQL, but programs, which only their tool can run: ${what}`,
  );
});

test('what is not read of Liquibase’s changelogs is told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rehearse-migrations-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, '1.sql'), `--liquibase formatted sql\n\n--changeset ada:1\n${SQL}`);
  const { tool, notes } = await listMigrations(folder, 'here');
  expect([tool, notes]).toEqual([undefined, [expect.stringMatching(/^Liquibase takes its order/)]]);
});

test.each([
  ['expand', 'alter table t add column a int; create index on t (a);'],
  ['expand', 'alter table t add column a int not null default 1; drop index i;'],
  ['switch', 'alter table t add column a int not null;'],
  ['switch', 'alter table t rename column a to b;'],
  ['switch', 'alter table t alter column a type bigint;'],
  ['backfill', 'alter table t add column a int; update t set a = 1;'],
  ['contract', 'update t set a = 1; alter table t drop column b;'],
  ['contract', 'drop table t;'],
])('a migration belongs to %s: %s', async (phase, sql) => {
  expect(await phaseOf(sql)).toBe(phase);
});
