import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitSql, type SqlStatement } from './split.ts';

async function statements(sql: string): Promise<readonly SqlStatement[]> {
  const result = await splitSql(sql);
  if (!result.ok) throw new Error(result.error.message);
  return result.statements;
}

async function only(sql: string): Promise<SqlStatement> {
  const all = await statements(sql);
  expect(all).toHaveLength(1);
  return all[0]!;
}

test('a statement keeps its text and knows its line, node and relations', async () => {
  const sql =
    "-- größer\n/* é */\n\nupdate public.orders\n  set note = 'ä;b';;\n\ncreate table t (x int) -- end";
  expect(await statements(sql)).toEqual([
    {
      text: "update public.orders\n  set note = 'ä;b'",
      line: 4,
      node: 'UpdateStmt',
      control: null,
      outsideTransaction: false,
      relations: ['public.orders'],
      lacksParameters: false,
    },
    {
      text: 'create table t (x int) -- end',
      line: 7,
      node: 'CreateStmt',
      control: null,
      outsideTransaction: false,
      relations: ['t'],
      lacksParameters: false,
    },
  ]);
});

test.each(['', ' \n\t', ';;', '-- nothing\n', '/* nothing */', '\uFEFF'])(
  '%j holds no statement',
  async (sql) => {
    expect(await splitSql(sql)).toEqual({ ok: true, statements: [] });
  },
);

test('a semicolon inside a function body, a string or a comment ends nothing', async () => {
  const body = 'create function f() returns int language sql as $$ select 1; select 2; $$';
  expect((await statements(`${body};\nselect ';' /* ; */ -- ;\n;`)).map(({ text }) => text)).toEqual([
    body,
    "select ';' /* ; */ -- ;",
  ]);
});

test('a byte order mark and Windows line ends do not shift lines', async () => {
  expect((await statements('\uFEFFselect 1;\r\n\r\nselect 2;')).map(({ line }) => line)).toEqual([1, 3]);
});

test.each([
  ['begin', 'begin'],
  ['start transaction', 'begin'],
  ['commit', 'commit'],
  ['end', 'commit'],
  ["prepare transaction 'x'", 'commit'],
  ['rollback', 'rollback'],
  ['abort', 'rollback'],
  ['savepoint a', 'savepoint'],
  ['release a', 'savepoint'],
  ['rollback to a', 'savepoint'],
  ["commit prepared 'x'", null],
  ['select 1', null],
])('%s controls the transaction as %s', async (sql, control) => {
  expect((await only(sql)).control).toBe(control);
});

test.each([
  'create index concurrently i on t (a)',
  'drop index concurrently i',
  'reindex table concurrently t',
  'reindex (concurrently) index i',
  'reindex database d',
  'reindex system d',
  'reindex schema s',
  'vacuum t',
  'vacuum (analyze) t',
  'cluster',
  'create database d',
  'drop database d',
  "create tablespace x location '/x'",
  'drop tablespace x',
  'alter system set work_mem = 1',
  'alter database d set tablespace x',
  'alter table p detach partition c concurrently',
  "create subscription s connection '' publication p",
  'alter subscription s refresh publication',
  'alter subscription s set publication p',
  'drop subscription s',
  "commit prepared 'x'",
  'discard all',
  'call p()',
  'do $$begin perform 1; commit; end$$',
  'do language plpgsql $$begin rollback and chain; end$$',
])('%s runs outside of a transaction', async (sql) => {
  expect((await only(sql)).outsideTransaction).toBe(true);
});

test.each([
  'create index i on t (a)',
  'drop index i',
  'reindex table t',
  'reindex (concurrently false) table t',
  'analyze t',
  'cluster t',
  'alter table p detach partition c',
  'alter table p detach partition c finalize',
  'refresh materialized view concurrently m',
  "alter type t add value 'x'",
  "create subscription s connection '' publication p with (create_slot = 0)",
  "create subscription s connection '' publication p with (connect = false)",
  'alter subscription s set publication p with (refresh = off)',
  'discard plans',
  "do $$begin raise notice 'commit;'; /* commit; */ end$$",
  'commit',
])('%s may run inside a transaction', async (sql) => {
  expect((await only(sql)).outsideTransaction).toBe(false);
});

test.each([
  ['select * from a join s.b using (x), only "Order", a', ['a', 's.b', '"Order"']],
  ['with x as (select 1 from y) update "user" set a = 1 from x', ['"user"', 'y']],
  ['alter table a add constraint c foreign key (x) references b', ['a', 'b']],
  ['drop table a, s.b', ['a', 's.b']],
  ['drop index concurrently i', ['i']],
  ['drop trigger t on s.a', ['s.a']],
  ['drop function f(int)', []],
  ['comment on column s.a.b is null', ['s.a']],
  ['comment on table a is null', ['a']],
  ['lock table "we""ird" in share mode', ['"we""ird"']],
  ['alter table a rename to b', ['a']],
  ['begin', []],
])('%s names the relations %j', async (sql, relations) => {
  expect([...(await only(sql)).relations].sort()).toEqual([...relations].sort());
});

test('a syntax error has its line and column in characters, and a caret', async () => {
  expect(await splitSql("select 1;\n-- é\n select 'é😀' frm x y z;")).toEqual({
    ok: false,
    error: {
      line: 3,
      column: 18,
      message: 'syntax error at or near "x"',
      excerpt: "select 1;\n-- é\n select 'é😀' frm x y z;\n                  ^",
    },
  });
});

test.each([
  ['select 1;\n\\i other.sql\nselect 2;', 2, 1, 'psql commands such as \\i or \\set are not SQL'],
  ['select 1 \\gset', 1, 10, 'psql commands such as \\i or \\set are not SQL'],
  ['select :limit', 1, 8, 'psql variables such as :name are not SQL'],
  ['select 1\0; drop table t', 1, 9, 'a NUL character is not SQL'],
  ["select 1;\nselect 'abc", 2, 8, 'unterminated quoted string at or near "\'abc"'],
  [`select '${'é'.repeat(60)}\nmore`, 1, 8, `unterminated quoted string at or near "'${'é'.repeat(39)}…"`],
  ["select 'one\ntwo", 1, 8, 'unterminated quoted string at or near "\'one…"'],
  ['select (1', 1, 10, 'syntax error at end of input'],
])('%j is refused at %i:%i', async (sql, line, column, message) => {
  expect(await splitSql(sql)).toMatchObject({ ok: false, error: { line, column, message } });
});

test.each(
  ['é;', '-- é copy t from stdin;\n', "select 'copy t from stdin;\n';"].flatMap((lead) =>
    ['1\t2\n', "it's\tx\n", 'é;\t\\N\n\\\\.\n', '', '-- copy t from stdin;\n'].map((rows) => [lead, rows]),
  ),
)('COPY FROM STDIN has its rows (after %j, with rows %j)', async (lead, rows) => {
  const before = `select 1;\n${lead === 'é;' ? "select 'é';" : lead}\n`;
  const sql = `${before}copy t (a) from stdin ; -- rows\n${rows}\\.\nselect 2;`;
  const all = await statements(sql);
  expect(all.filter(({ copyRows }) => copyRows !== undefined)).toMatchObject([
    { text: 'copy t (a) from stdin', line: before.split('\n').length, copyRows: rows },
  ]);
  expect(all.at(-1)).toMatchObject({ text: 'select 2', line: sql.split('\n').length });
});

test.each([
  ['copy t from stdin;\n1\n2', '1\n2'],
  ['copy t from stdin;\r\n1\r\n\\.\r\n', '1\r\n'],
  ['copy t from stdin', ''],
  ['copy t from stdin;', ''],
])('the rows of %j end with the text', async (sql, copyRows) => {
  expect(await only(sql)).toMatchObject({ text: 'copy t from stdin', copyRows });
});

test('rows of any length are no statement that is too long, and shift no line', async () => {
  const sql = `copy t from stdin;\n${`${'x'.repeat(1000)}\n`.repeat(20_000)}\\.\nselect 1;\ncopy u from stdin;\n7\n\\.\n`;
  expect(await statements(sql)).toMatchObject([
    { line: 1 },
    { text: 'select 1', line: 20_003 },
    { line: 20_004, copyRows: '7\n' },
  ]);
});

test('COPY from a file on the server is SQL', async () => {
  expect((await only("copy t from '/tmp/x.csv'")).node).toBe('CopyStmt');
});

test('SQL that exhausts the parser is a mistake, and the parser works afterwards', async () => {
  const deep = `select ${'1+'.repeat(200_000)}1`;
  expect(await splitSql(deep)).toMatchObject({ ok: false });
  expect(await statements('select 1')).toHaveLength(1);
});

const STATEMENTS = [
  'select 1',
  "insert into t values ('a;b', E'it\\'s', $x$;$x$)",
  'create index concurrently "é" on "größe" (x)',
  'do $$ begin\n  perform 1;\nend $$',
  'begin',
  "comment on table t is '😀'",
  'update t\n   set a = 1 -- why; not\n where b',
];

test('joined statements come apart again with their lines, whatever stands between them', async () => {
  const gap = fc.constantFrom('', '\n', '\n\n', ' -- é; 😀\n', '/* ü;\n*/', '\t', ';\n', '\r\n');
  const parts = fc.array(fc.tuple(gap, fc.constantFrom(...STATEMENTS), gap), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(parts, async (list) => {
      let sql = '';
      const expected = list.map(([before, statement, after]) => {
        sql += before;
        const line = sql.split('\n').length;
        sql += `${statement};${after}`;
        return { text: statement, line };
      });
      expect((await statements(sql)).map(({ text, line }) => ({ text, line }))).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});

test('any text either splits or gives one mistake inside the text', async () => {
  const piece = fc.constantFrom(
    'select',
    '1',
    ';',
    "'",
    '$$',
    '\\',
    '\n',
    'é',
    '😀',
    '"',
    '--',
    '/*',
    '*/',
    ':',
    '(',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const sql = pieces.join(' ');
      const result = await splitSql(sql);
      if (result.ok) return;
      const lines = sql.split('\n');
      expect(result.error.line).toBeGreaterThanOrEqual(1);
      expect(result.error.line).toBeLessThanOrEqual(lines.length);
      expect(result.error.column).toBeLessThanOrEqual(Array.from(lines[result.error.line - 1]!).length + 1);
    }),
    { numRuns: 300 },
  );
});

test('a body that is no SQL to its end is split like any other', async () => {
  const bodies = ["it's python", '"open', '/* open', "plpy.commit() # it's"];
  const texts = bodies.map((body) => `do $x$${body}$x$;`);
  const result = await splitSql(texts.join('\n'));
  expect(result).toMatchObject({ ok: true });
  expect(result.ok && result.statements.map(({ outsideTransaction }) => outsideTransaction)).toEqual([
    false,
    false,
    false,
    true,
  ]);
});
