import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { nameAfter, readAsked } from './ask.ts';
import { generatorText } from './dump-text.ts';

test.each([
  ['20261101120000_add_phone', 'add-phone'],
  ['V1.2__Add_Phone', 'add-phone'],
  ['R__views', 'views'],
  ['001.do.add-phone', 'add-phone'],
  ['0003_wide_hulk', 'wide-hulk'],
  ['2026-11-01-120000_add_phone', 'add-phone'],
  ['reviews', 'reviews'],
  ['12', 'newest-migration'],
])('a rehearsal of %s is called %s', (migration, name) => {
  expect(nameAfter(migration)).toBe(name);
});

test('a dump of tables without rows becomes SQL that a generator can run', () => {
  const dump =
    '\\restrict abc\ncreate table t (id int);\nCOPY public.t (id) FROM stdin;\n\\.\n\\unrestrict abc\n';
  expect(generatorText(dump)).toBe('\ncreate table t (id int);\n\n');
});

test('the newest migration is one that has a version, whatever is repeatable beside it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'rehearse-ask-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await mkdir(join(root, 'sql'));
  for (const name of ['V1__t.sql', 'V2__more.sql', 'R__a.sql'])
    await writeFile(join(root, 'sql', name), 'select 1;');
  const asked = await readAsked(undefined, { from: 'sql' }, { cwd: root, root, env: {} });
  expect(asked.steps.map(({ name }) => name)).toEqual(['V2__more']);
  expect(asked.earlier.map(({ name }) => name)).toEqual(['V1__t', 'R__a']);
  await expect(
    readAsked(undefined, { from: 'sql', newest: '3' }, { cwd: root, root, env: {} }),
  ).rejects.toThrow('--newest 3');
});

test.each(['deploy', '.', 'sqitch'])(
  'Sqitch’s changes come with their ways back, named as %s',
  async (from) => {
    const root = await mkdtemp(join(tmpdir(), 'rehearse-ask-'));
    onTestFinished(() => rm(root, { recursive: true }));
    for (const folder of ['deploy', 'revert']) await mkdir(join(root, folder));
    await writeFile(join(root, 'sqitch.plan'), '%project=app\nsecond 2026-11-01\nfirst 2026-11-02\n');
    for (const name of ['deploy/first.sql', 'deploy/second.sql', 'revert/first.sql'])
      await writeFile(join(root, name), 'select 1;');
    const asked = await readAsked(undefined, { from }, { cwd: root, root, env: {} });
    expect([asked.tool, ...asked.earlier, ...asked.steps]).toMatchObject([
      'Sqitch',
      { name: 'second' },
      { name: 'first', down: join(root, 'revert/first.sql') },
    ]);
  },
);

test('a tool whose migrations are programs is known by its name, and it is said what to do', async () => {
  const root = await mkdtemp(join(tmpdir(), 'rehearse-ask-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const asked = (from: string) => readAsked(undefined, { from }, { cwd: root, root, env: {} });
  await expect(asked('knex')).rejects.toThrow(
    'the migrations of knex are programs, which only it can run; let a plan run it by its command, such as command: npx knex migrate:latest',
  );
  await expect(asked('Alembic')).rejects.toThrow(
    'or name a folder of what it writes as SQL (alembic upgrade --sql, manage.py sqlmigrate)',
  );
});
