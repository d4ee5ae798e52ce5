import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitSql } from './split.ts';

const LINE = "insert into t values (1, 'abcdefgh');\n";
const LINES_OF_A_PART = Math.ceil((256 * 1024) / LINE.length);

/** Statements that hold semicolons at the ends of lines. */
const TRICKY = [
  "select 'a;\nb;\n', ';';\n",
  'select "a;\nb" from t;\n',
  'do $$ begin\n perform 1;\n perform 2;\nend $$;\n',
  '/* one;\n two;\n /* three;\n */ */ select 1;\n',
  '-- none;\nselect 2;\n',
  'create function f() returns int begin atomic\n select 1;\n select 2;\nend;\n',
  'create rule r as on insert to t do also (select 1;\n select 2;\n);\n',
  "select E'\\';\n', U&'\\0061;\n';\n",
  'select $q$;\n$$;\n$q$;   \r\n',
];

test('a text of many parts is split as one of few, wherever a part would end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: LINES_OF_A_PART - 8, max: LINES_OF_A_PART + 2 }),
      fc.array(fc.constantFrom(...TRICKY), { minLength: 4, maxLength: 12 }),
      async (lines, tricky) => {
        const head = LINE.repeat(lines);
        const alone = await splitSql(tricky.join(''));
        const all = await splitSql(`${head}${tricky.join('')}${LINE}`);
        if (!alone.ok || !all.ok) throw new Error('both can be split');
        expect(all.statements.slice(lines, -1)).toEqual(
          alone.statements.map((statement) => ({ ...statement, line: statement.line + lines })),
        );
      },
    ),
    { numRuns: 12 },
  );
});

test('a mistake far behind is told with its line, and only it', async () => {
  const lines = LINES_OF_A_PART * 3;
  expect(await splitSql(`${LINE.repeat(lines)}alter tabel t;\n${LINE}`)).toMatchObject({
    ok: false,
    error: { line: lines + 1, column: 7 },
  });
});

test('a string without an end in a long text is told at its beginning', async () => {
  const text = `${LINE.repeat(1000)}select 'oh;\n${LINE.repeat(10_000).replaceAll("'", '')}`;
  expect(await splitSql(text)).toMatchObject({ ok: false, error: { line: 1001, column: 8 } });
});

test('one statement of many megabytes is refused, and nothing dies', async () => {
  const rows = `insert into t values ${"(1, 'abcdefgh;\n'),".repeat(800_000)}(1, 'z');`;
  expect(await splitSql(`select 1;\n${rows}`)).toMatchObject({
    ok: false,
    error: { line: 1, message: expect.stringContaining('no statement ends within 8 MB') as string },
  });
  expect(await splitSql('select 1')).toMatchObject({ ok: true });
});
