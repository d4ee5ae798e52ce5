import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monotonicMs } from '../../scripts/shared/clock.ts';
import { SqlPieces } from '../../scripts/snapshot/text/sql-pieces.ts';
import { runCli } from '../support/cli.ts';

const LONGEST_MS = 5_000;
/** REHEARSE_FUZZ=50 tries fifty times as many. */
const MORE = Number(process.env['REHEARSE_FUZZ'] ?? 1);
const ALL_MS = 600_000 * MORE;
const ROOT = join(import.meta.dirname, '..', '..');

const YAML = `version: 1
name: tiny
snapshot: { generator: generate.sql }
load: { rate: 100/s, connections: 8, warmup: 1500ms, versions: { old: workload/old } }
budgets: { lockWait: 5s, errors: 0 }
plan:
  - { phase: expand, sql: sql/1.sql, lockTimeout: 300ms, retries: 10 }
  - { phase: backfill, backfill: { table: t, key: id, set: x = 1, where: x is null } }
  - { phase: expand, command: "echo \${KEY}", touchesDatabase: false }
`;
const FILES: Readonly<Record<string, string>> = {
  'rehearsal.yaml': YAML,
  '.env': 'KEY=abcdefgh\n',
  'generate.sql': 'create table t (id int primary key, x int);',
  'sql/1.sql': "alter table t add y text default 'a;b'; -- c\ndo $$ begin perform 1; end $$;\n",
  'workload/old/a.sql': '-- rehearse: weight=2\n\\set id random(1, 10)\nselect x from t where id = :id;\n',
};

let dir = '';
const counts: Record<string, number> = {};
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'fuzz-check-'));
});
afterAll(() => {
  rmSync(dir, { recursive: true });
  console.log(`fuzzed inputs of check: ${JSON.stringify(counts)}`);
});

/** Text of the kind that breaks readers: valid pieces in wrong places, and characters that mean something to somebody. */
function broken(valid: string, words: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(...words),
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom(
      '\0',
      '\uFEFF',
      '\r',
      '\u2028',
      '\ud800',
      '"',
      "'",
      '$$',
      '/*',
      '--',
      '\\',
      ';',
      '{',
      '[',
      '${',
      '&a',
      '*a',
    ),
  );
  const edits = fc.array(fc.tuple(fc.nat(valid.length), fc.nat(12), piece), { minLength: 1, maxLength: 5 });
  const edited = edits.map((list) =>
    list.reduce((text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length), valid),
  );
  return fc.oneof(
    { weight: 5, arbitrary: edited },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  );
}

const YAML_WORDS = [
  'plan:',
  '- ',
  '  ',
  '\n',
  'null',
  '~',
  '.inf',
  '.nan',
  '0x1F',
  '1e999',
  '-1',
  '9999999999999999999999',
  '99999d',
  '<<: *a',
  '!!binary',
  '!!set',
  '? ',
  '| ',
  '>-\n',
  '%YAML 1.2\n---\n',
  '...',
  '---\n',
  '${PGHOST}',
  '${KEY}',
  '__proto__: 1',
  'constructor',
  'sql: ../../etc/passwd',
  'sql: /dev/zero',
  'scenarios: [quiet]',
  '{ phase: expand, soak: 1s }',
  'toString',
];
const SQL_WORDS = [
  'begin',
  'commit;',
  'copy t from stdin;\n1\n\\.\n',
  'select',
  '(',
  ')',
  'create index concurrently i on t (x);',
  "U&'\\0061'",
  '$1',
  ':id',
  '\\gset',
  'begin atomic',
  'end',
  "E'\\",
  '((((((((((((((',
  '1+'.repeat(500),
  '::int',
  '$a$',
];
const SCRIPT_WORDS = [
  '\\set x',
  '\\sleep 9999999999 s',
  '\\sleep 1 us',
  '\\if',
  '\\endif',
  '\\gset',
  '-- rehearse: weight=1e9',
  '-- rehearse: weight=0',
  '-- rehearse: sample id from t.id',
  ':id',
  ':"id"',
  'random(1,',
  '9223372036854775808',
  '\\setshell a b',
  '1/0',
  '\\elif',
  '% 0',
];

function hashes(): Map<string, string> {
  const names = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    names.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}

async function holds(name: string, content: string | Uint8Array): Promise<void> {
  for (const [file, text] of Object.entries({ ...FILES, [name]: content })) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), text);
  }
  const before = hashes();
  const startedMs = monotonicMs();
  const { code, stdout, stderr } = await runCli(['check', dir], { cwd: dir });
  const ms = monotonicMs() - startedMs;
  counts[name] = (counts[name] ?? 0) + 1;
  expect([0, 2, 3], stderr).toContain(code);
  expect(`${stdout}${stderr}`).not.toMatch(/^\s+at .*[:(]|INTERNAL|TopMemoryContext/m);
  // A mistake says where: a file with its line, or a file that is wrong as a whole.
  if (code === 2) expect(stderr).toMatch(/\d+ mistakes?|is not a file/);
  expect(ms).toBeLessThan(LONGEST_MS);
  expect(hashes()).toEqual(before);
}

describe('check ends in time, with exit 0, 2 or 3, without a stack trace and without changing a file, for any', () => {
  it.each([
    ['rehearsal.yaml', YAML_WORDS, 120],
    ['sql/1.sql', SQL_WORDS, 100],
    ['workload/old/a.sql', SCRIPT_WORDS, 100],
    ['generate.sql', SQL_WORDS, 40],
    ['.env', ['KEY=', '\n', 'PGHOST=x', '"', '`', '#', 'export ', 'KEY=postgres://a@b/c'], 40],
  ] as const)(
    '%s',
    async (name, words, numRuns) => {
      await fc.assert(
        fc.asyncProperty(broken(FILES[name] ?? '', words), (content) => holds(name, content)),
        { numRuns: numRuns * MORE },
      );
    },
    ALL_MS,
  );

  it('bytes in the place of a script', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), (bytes) => holds('sql/1.sql', bytes)),
      { numRuns: 40 * MORE },
    );
  });

  it(
    'dump that is damaged, also where it is read for the restore',
    async () => {
      const dump =
        'SET x = 1;\n--\n-- PostgreSQL database dump\n--\nCOPY public.t (id) FROM stdin;\n1\n2\n\\.\n\nselect 1;\n';
      const words = [
        'COPY t FROM stdin;\n',
        '\\.',
        '\\connect x\n',
        '\\restrict a\n',
        '-- PostgreSQL database dump complete\n',
        'PGDMP',
      ];
      await fc.assert(
        fc.asyncProperty(broken(dump, words), async (text) => {
          await holds('rehearsal.yaml', YAML.replace('generator: generate.sql', 'source: generate.sql'));
          await holds('generate.sql', text);
          const startedMs = monotonicMs();
          const read = async (): Promise<void> => {
            const content = Readable.from([Buffer.from(text)]);
            for await (const piece of new SqlPieces('dump', { openEnd: false }).read(content))
              expect(piece).toHaveProperty('type');
          };
          await read().catch((error: unknown) => {
            expect(error).toMatchObject({ code: 'SNAPSHOT_INVALID' });
          });
          expect(monotonicMs() - startedMs).toBeLessThan(LONGEST_MS);
        }),
        { numRuns: 40 * MORE },
      );
    },
    ALL_MS,
  );

  it('shipped rehearsal with a line less', async () => {
    const yaml = readFileSync(join(ROOT, 'rehearsals/rename-column/rehearsal.yaml'), 'utf8').split('\n');
    for (const [index] of yaml.entries())
      await holds('rehearsal.yaml', yaml.filter((_, at) => at !== index).join('\n'));
  });
});
