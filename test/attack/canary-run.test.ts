import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { CANARY } from '../support/runs/canary.ts';
import { canaryRun, searchLine } from '../support/runs/canary-run.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';
import { BIRDS } from './canary-statements.ts';

const HEAD = `version: 1
name: tiny
snapshot: { generator: generate.sql }
load: { rate: 60/s, connections: 4, warmup: 1500ms, cooldown: 300ms, versions: { old: workload/old } }
budgets: { lockWait: 5s, errors: 0 }
`;
/** What a tool prints when it fails; the plan does not name the file. */
const ROWS = `{"severity":"ERROR","detail":"Key (label)=(${CANARY}) already exists."}
[parameters: {'label': '${CANARY}'}] DETAIL:  Key (label)=(${CANARY})
`;
const FILES = {
  'generate.sql': BIRDS,
  'rows.txt': ROWS,
  'workload/old/read.sql': `-- rehearse: sample note from birds.note
select id from birds where note = :note;`,
  'workload/old/write.sql': `-- rehearse: sample id from birds.id
update birds set note = note where id = :id;`,
  'sql/blocked.sql': 'alter table birds add column extra text;\ncreate index on birds (id, day);',
  'sql/raise.sql': 'select shout(note) from birds;',
};
const PLAN = `  - { name: blocked, phase: expand, sql: sql/blocked.sql }
  - { name: prints, phase: expand, command: cat rows.txt, touchesDatabase: false }
  - { name: fill, phase: backfill, backfill: { table: birds, key: id, set: "extra = note", where: "extra is null" } }
  - { name: raises, phase: contract, sql: sql/raise.sql }`;

let tiny: TinyRehearsal;
afterEach(async () => {
  await tiny.remove();
});

test('a run on a database of canaries leaves none of them outside private/', async () => {
  tiny = await tinyRehearsal(PLAN, FILES, HEAD);
  const { code, stdout, searched } = await canaryRun(tiny);
  process.stdout.write(searchLine('a run', searched));
  expect(searched.found).toEqual([]);
  expect([code, searched.files > 10, searched.bytes > 100_000]).toEqual([4, true, true]);
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    'raise_exception, raised by code in words that may quote rows',
  );

  const run = (await readdir(join(tiny.dir, 'runs'))).find((name) => name !== 'history.ndjson') ?? '';
  const folder = join(tiny.dir, 'runs', run);
  const said = await readFile(join(folder, 'private', 'said.txt'), 'utf8');
  expect(said).toContain(`Key (label)=(${CANARY}) already exists.`);
  expect(said).toContain('P0001: no ');
  const modes = await Promise.all(
    ['.', 'private', 'private/said.txt'].map(async (name) => (await stat(join(folder, name))).mode & 0o777),
  );
  expect(modes).toEqual([0o700, 0o700, 0o600]);
});
