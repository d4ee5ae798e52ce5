import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { BIRDS } from '../attack/canary-statements.ts';
import { CANARIES_EVERYWHERE, CANARY } from '../support/runs/canary.ts';
import { canRunLocally } from '../e2e/local-fixture.ts';
import { canaryRun, localCanaryRun, searchLine } from '../support/runs/canary-run.ts';
import { needs } from '../support/needs.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';

const SHIPPED = fileURLToPath(new URL('../../rehearsals', import.meta.url));
const entries = await readdir(SHIPPED, { withFileTypes: true });
const REHEARSALS = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
const LOCAL = await canRunLocally();
const HEAD = `version: 1
name: tiny
snapshot: { generator: generate.sql }
load: { rate: 60/s, connections: 4, warmup: 1500ms, cooldown: 300ms, versions: { old: workload/old } }
budgets: { lockWait: 5s, errors: 0 }
`;
const FILES = {
  'generate.sql': BIRDS,
  'ok.sql': 'select 1;',
  'workload/old/read.sql':
    '-- rehearse: sample note from birds.note\nselect id from birds where note = :note;',
  'workload/old/write.sql': 'select 1;',
};

let tiny: TinyRehearsal;
afterEach(async () => {
  await tiny.remove();
});

/** A place where a statement can fail. */
interface Place {
  readonly what: string;
  /** The exit code that is right. */
  readonly right: number;
  readonly step: string;
  readonly files?: Readonly<Record<string, string>>;
  /** Instead of the generator. */
  readonly snapshot?: string;
}

const PLACES: readonly Place[] = [
  {
    what: 'a cast in a step',
    right: 4,
    step: '{ phase: expand, sql: s.sql }',
    files: { 's.sql': 'alter table birds alter column note type int using note::int;' },
  },
  {
    what: 'a name that is a value',
    right: 4,
    step: '{ phase: expand, sql: s.sql }',
    files: { 's.sql': 'select note::regclass from birds;' },
  },
  {
    what: 'dynamic SQL',
    right: 4,
    step: '{ phase: expand, sql: s.sql }',
    files: {
      's.sql':
        "do $$ declare v text; begin select note into v from birds where id = 3; execute format('drop table %I', v); end $$;",
    },
  },
  {
    what: 'a transaction that raises, tried again',
    right: 4,
    step: '{ phase: expand, sql: s.sql, retries: 2, lockTimeout: 1s }',
    files: {
      's.sql':
        "do $$ begin raise exception using message = (select note from birds limit 1), errcode = '55P03'; end $$;",
    },
  },
  {
    what: 'a verify step',
    right: 4,
    step: '{ phase: expand, verify: s.sql }',
    files: { 's.sql': 'select note::int from birds;' },
  },
  {
    what: 'a backfill',
    right: 4,
    step: '{ phase: backfill, backfill: { table: birds, key: id, set: "amount = note::int" } }',
    files: {},
  },
  {
    what: 'a command',
    right: 4,
    step: '{ phase: expand, command: "cat rows.txt >&2; exit 3", touchesDatabase: false }',
    files: { 'rows.txt': `ERROR: ${CANARY}\n` },
  },
  {
    what: 'the app once a step broke it',
    right: 4,
    step: '{ phase: expand, sql: s.sql }',
    files: {
      's.sql': 'create or replace function f(t text) returns int language sql as $$ select t::int $$;',
      'generate.sql': `${BIRDS} create function f(t text) returns int language sql as $$ select 1 $$;`,
      'workload/old/call.sql': '-- rehearse: sample note from birds.note\nselect f(:note);',
    },
  },
  {
    what: 'the app from the start',
    right: 2,
    step: '{ phase: expand, sql: ok.sql }',
    files: { 'workload/old/x.sql': 'select note::regclass from birds;' },
  },
  {
    what: 'the generator',
    right: 3,
    step: '{ phase: expand, sql: ok.sql }',
    files: { 'generate.sql': `${BIRDS} select shout(note) from birds;` },
  },
  {
    what: 'a row of the generator',
    right: 3,
    step: '{ phase: expand, sql: ok.sql }',
    files: { 'generate.sql': `${BIRDS} insert into unique_notes values ('${CANARY}');` },
  },
  {
    what: 'data where SQL should be',
    right: 2,
    step: '{ phase: expand, sql: ok.sql }',
    files: { 'generate.sql': `create table a (b text);\n${CANARY} ${CANARY};\n` },
  },
  {
    what: 'a snapshot command',
    right: 3,
    step: '{ phase: expand, sql: ok.sql }',
    files: { 'rows.txt': `ERROR: ${CANARY}\n` },
    snapshot: 'command: "cat rows.txt; exit 3"',
  },
];

describe('on a database of canaries, nothing that is told holds one', () => {
  test.each(PLACES)('where $what fails', async ({ what, right, step, files, snapshot }) => {
    const head = snapshot === undefined ? HEAD : HEAD.replace('generator: generate.sql', snapshot);
    tiny = await tinyRehearsal(`  - ${step}`, { ...FILES, ...files }, head);
    const { code, stderr, searched } = await canaryRun(tiny);
    process.stdout.write(searchLine(what, searched));
    expect(searched.found).toEqual([]);
    expect(code, stderr).toBe(right);
  });

  test.skipIf(!needs('psql', 'as a migration tool'))('where a migration tool fails (psql)', async () => {
    const sql = 'insert into unique_notes select note from birds; select shout(note) from birds';
    tiny = await tinyRehearsal(
      `  - { phase: expand, command: "psql -v ON_ERROR_STOP=1 -c '${sql}'" }`,
      FILES,
      HEAD,
    );
    const { code, searched } = await canaryRun(tiny);
    process.stdout.write(searchLine('psql', searched));
    expect([code, searched.found]).toEqual([4, []]);
  });

  test.skipIf(!LOCAL)('on local hosts, nor does what the engine keeps of them', async () => {
    const sql = { 's.sql': 'alter table birds alter column note type int using note::int;' };
    tiny = await tinyRehearsal('  - { phase: expand, sql: s.sql }', { ...FILES, ...sql }, HEAD);
    const { code, stderr, searched, state } = await localCanaryRun(tiny);
    process.stdout.write(searchLine('local hosts', searched) + searchLine('the engine’s state', state));
    expect([code, searched.found, state.found], stderr).toEqual([4, [], []]);
    expect(state.files).toBeGreaterThan(10);
  });

  test.each(REHEARSALS)('in the shipped rehearsal %s', async (name) => {
    tiny = await tinyRehearsal('  - { phase: expand, sql: ok.sql }', FILES, HEAD);
    const dir = join(tiny.dir, 'shipped');
    await cp(SHIPPED, dir, { recursive: true });
    await smallWithCanaries(dir, name);
    const { code, stderr, searched } = await canaryRun({ ...tiny, dir: join(dir, name) });
    process.stdout.write(searchLine(name, searched));
    expect(searched.found).toEqual([]);
    expect([0, 4, 5], stderr).toContain(code);
  });
});

/** A tenth of the rows and of the keys that are asked for, each text a canary, and little time before and after the plan. */
async function smallWithCanaries(dir: string, name: string): Promise<void> {
  const file = join(dir, name, 'rehearsal.yaml');
  const yaml = await readFile(file, 'utf8');
  const generator = join(dir, name, /generator: (\S+?)[,\s]/.exec(yaml)?.[1] ?? '');
  for (const found of await readdir(dir, { recursive: true })) {
    if (!found.endsWith('.sql')) continue;
    const path = join(dir, found);
    const small = (await readFile(path, 'utf8')).replaceAll(/\b([1-9]\d*0{3,})0\b/g, '$1');
    await writeFile(path, path === generator ? `${small}\n${CANARIES_EVERYWHERE}` : small);
  }
  await writeFile(
    file,
    yaml.replace(/warmup: \S+?(?=[,\s])/, 'warmup: 2s').replace(/cooldown: \S+?(?=[,\s])/, 'cooldown: 500ms'),
  );
}
