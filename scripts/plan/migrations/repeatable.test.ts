import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { knownToGit } from './git-since.ts';
import type { Known } from './known.ts';
import { knownToLedger } from './known-to-ledger.ts';
import { LEDGERS, type LedgerRow } from './ledgers.ts';
import { listMigrations } from './list-migrations.ts';

const VIEW = 'create or replace view v as select 1 as a;\n';
/** Of `VIEW`, and of the table, by flyway-core 13.12.1. */
const SUMS = { view: '-1466044959', table: '354602754' };
const TABLE = 'create table t (id int);\n';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rehearse-repeatable-'));
  await mkdir(join(root, 'sql'));
  for (const [name, text] of [
    ['V1__t.sql', TABLE],
    ['R__a.sql', VIEW],
    ['R__b.sql', VIEW],
  ] as const)
    await writeFile(join(root, 'sql', name), text);
});
afterEach(() => rm(root, { recursive: true }));

/** The new ones, and what does not fit together. */
async function lacking(known: Known): Promise<[string[], readonly string[]]> {
  const { migrations } = await listMigrations(join(root, 'sql'), 'sql');
  const fresh = migrations.filter((one) => !known.has(one)).map(({ name }) => name);
  return [fresh, known.notes(migrations)];
}

test('a repeatable migration that a branch changed is new: its tool runs it again', async () => {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false'];
  const git = (...args: string[]) => execa('git', [...who, ...args], { cwd: root });
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '.');
  await git('commit', '--quiet', '--message=before');
  expect(await lacking(await knownToGit(join(root, 'sql'), 'main'))).toEqual([[], []]);
  await writeFile(join(root, 'sql/R__b.sql'), VIEW.replace('1', '2'));
  expect(await lacking(await knownToGit(join(root, 'sql'), 'main'))).toEqual([['R__b'], []]);
});

test('a repeatable migration is new to a snapshot that last ran it otherwise, and one that runs once was edited', async () => {
  const row = (script: string, checksum: string): LedgerRow => ({ script, checksum, success: 't' });
  const rows = [
    row('V1__t.sql', SUMS.table),
    row('R__a.sql', '1'),
    row('R__a.sql', SUMS.view),
    row('R__b.sql', SUMS.view),
    row('R__b.sql', '1'),
  ];
  expect(await lacking(knownToLedger(LEDGERS['Flyway']!, rows))).toEqual([['R__b'], []]);
  const edited = [row('V1__t.sql', '1'), ...rows.slice(1, 4)];
  expect(await lacking(knownToLedger(LEDGERS['Flyway']!, edited))).toEqual([
    [],
    ['V1__t is not as it was when the snapshot ran it'],
  ]);
});
