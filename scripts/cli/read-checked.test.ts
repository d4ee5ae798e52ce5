import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { FILES, folderWith, HEAD } from '../plan/read.fixture.ts';
import { InputError, mistakeLine } from '../shared/errors.ts';
import { readChecked } from './read-checked.ts';

const STEP = 'plan:\n  - { phase: expand, sql: sql/1-expand.sql }\n';
const DUMP = '--\n-- PostgreSQL database dump\n--\n\ncreate table t (id int);\n';
const END = '\n--\n-- PostgreSQL database dump complete\n--\n\n';

async function mistakesIn(cwd: string): Promise<string[]> {
  try {
    await readChecked('r', { cwd, env: {} } as Parameters<typeof readChecked>[1]);
  } catch (error) {
    if (error instanceof InputError) return error.mistakes.map(mistakeLine);
    throw error;
  }
  return [];
}

test('mistakes of the workload scripts stand beside those of the plan', async () => {
  const yaml = HEAD.replace('errors: 3', 'error: 3') + STEP;
  const files = {
    ...FILES,
    'r/rehearsal.yaml': yaml,
    'r/old/read.sql': 'select 1 frm t;',
    'r/new/read.sql': '\\st a',
  };
  expect(await mistakesIn(folderWith(files))).toEqual([
    'r/rehearsal.yaml:5 budgets.error: unknown key; did you mean errors?',
    'r/old/read.sql:1 syntax error at or near "t"',
    'r/new/read.sql:1 unknown command \\st',
  ]);
});

const archive = (content: Buffer): Buffer => {
  const header = Buffer.alloc(512);
  header.write('toc.dat');
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  header.write('ustar', 257);
  return Buffer.concat([header, content]);
};

test.each<[string, string | Buffer, string[]]>([
  ['that is empty', '', ['snap.sql is not SQL: it is empty']],
  ['that is whole', DUMP + END, []],
  ['with SQL behind its end', `${DUMP}${END}${'-- more\n'.repeat(300_000)}`, []],
  ['of plain SQL without a frame', 'create table t (id int);', []],
  [
    'that breaks off',
    DUMP,
    ['snap.sql is not whole: a dump begins in it, and the line that pg_dump writes at its end is missing'],
  ],
  ['that is compressed and whole', gzipSync(DUMP + END), []],
  [
    'whose compression breaks off',
    gzipSync(DUMP + END).subarray(0, -5),
    ['snap.sql ends in the middle of its gzip stream: the file is truncated'],
  ],
  [
    'that broke off before it was compressed',
    gzipSync(DUMP + '-- more\n'.repeat(200_000)),
    ['snap.sql is not whole: a dump begins in it, and the line that pg_dump writes at its end is missing'],
  ],
  ['that is empty and compressed', gzipSync(''), ['snap.sql is empty behind its compression']],
  ['of other SQL that is compressed', gzipSync('create table t (id int);'), []],
  ['in a tar that breaks off', archive(Buffer.alloc(100)), ['snap.sql is not whole: toc.dat is cut short']],
])('a snapshot %s is looked at before anything starts', async (_, content, mistakes) => {
  const yaml = HEAD.replace('generator: gen.sql', 'source: snap.sql') + STEP;
  const cwd = folderWith({ ...FILES, 'r/rehearsal.yaml': yaml, 'r/snap.sql': content });
  expect(await mistakesIn(cwd)).toEqual(
    mistakes.map((mistake) => `r/rehearsal.yaml:3 snapshot.source: ${mistake}`),
  );
});
