import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SqlPiece } from './sql-piece.ts';
import { SqlScanner } from './sql-scanner.ts';

function scan(chunks: readonly Buffer[]): { pieces: SqlPiece[]; scanner: SqlScanner } {
  const scanner = new SqlScanner();
  const pieces: SqlPiece[] = [];
  const drain = (final: boolean): void => {
    for (let piece = scanner.next(final); piece; piece = scanner.next(final)) pieces.push(piece);
  };
  for (const chunk of chunks) {
    // A copy that is overwritten afterwards would show any slice that outlives its chunk by mistake.
    scanner.push(Buffer.from(chunk));
    drain(false);
  }
  drain(true);
  return { pieces, scanner };
}

/** Statements as text, COPY data joined, so that the result does not depend on the chunks. */
function summary(chunks: readonly Buffer[]): unknown[] {
  const parts: unknown[] = [];
  let data: Buffer[] = [];
  const { pieces, scanner } = scan(chunks);
  for (const piece of pieces) {
    if (piece.type === 'copy-data') data.push(piece.bytes);
    else if (piece.type === 'copy-end') {
      parts.push(['data', Buffer.concat(data).toString()]);
      data = [];
    } else
      parts.push(
        piece.type === 'statement' ? [piece.line, piece.bytes.toString()] : [piece.type, piece.text],
      );
  }
  const unfinished = scanner.unfinished();
  if (unfinished) parts.push(['unfinished', unfinished.inside, unfinished.statement.line]);
  return parts;
}

const statements = (sql: string): unknown[] => summary([Buffer.from(sql)]);

function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let index = 0; at < bytes.length; index += 1) {
    const length = lengths[index % lengths.length] ?? 1;
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

describe('SqlScanner', () => {
  it('ends statements at semicolons outside of quotes, comments and parentheses, and tells their lines', () => {
    const sql = [
      "select 'a;b', \"c;d\", E'it\\'s;', $$ ; $$, $x$ $$;$$ $x$ -- ; not here",
      '/* ; /* ; */ ; */ from t;',
      '',
      'create rule r as on insert to t do also (select 1; select 2); select $1 from a$b$c;',
      "select 'it''s; fine', e'a\\\\'; ;; -- between",
      "select U&'d\\0061t;a', b'1;', 1e5;",
    ].join('\n');
    expect(statements(sql)).toEqual([
      [1, sql.split('\n').slice(0, 2).join('\n')],
      [4, 'create rule r as on insert to t do also (select 1; select 2);'],
      [4, 'select $1 from a$b$c;'],
      [5, "select 'it''s; fine', e'a\\\\';"],
      ['comment', 'between'],
      [6, "select U&'d\\0061t;a', b'1;', 1e5;"],
    ]);
  });

  it('keeps the body of a SQL-standard function together', () => {
    const sql = [
      'CREATE OR REPLACE FUNCTION public.f(i int) RETURNS int',
      '    LANGUAGE sql',
      '    BEGIN ATOMIC',
      ' SELECT CASE WHEN (i > 0) THEN 1 ELSE 2 END AS c;',
      ' SELECT 2;',
      'END;',
      'CREATE FUNCTION public.begin() RETURNS int LANGUAGE sql AS $_$ select 1; $_$;',
      'BEGIN; select 1; END;',
    ];
    expect(statements(sql.join('\n'))).toEqual([
      [1, sql.slice(0, 6).join('\n')],
      [7, sql[6]],
      [8, 'BEGIN;'],
      [8, 'select 1;'],
      [8, 'END;'],
    ]);
  });

  it('takes a backslash as an escape in plain strings only while standard_conforming_strings is off', () => {
    const sql =
      "select 'a\\'; SET standard_conforming_strings = off; select 'it\\'s;'; SET standard_conforming_strings = on; select '\\';";
    expect(statements(sql).map((part) => (part as unknown[])[1])).toEqual([
      "select 'a\\';",
      'SET standard_conforming_strings = off;',
      "select 'it\\'s;';",
      'SET standard_conforming_strings = on;',
      "select '\\';",
    ]);
  });

  it('hands on the data of COPY as it is, up to the line that is only a backslash and a dot', () => {
    const data = '1\t\\\\.\n\\\\.\n\\.x\n2\t;\'"$$\n';
    const sql = `COPY public.t (a, "from") FROM stdin;\n${data}\\.\nCOPY e FROM STDIN WITH (FORMAT text);\n\\.\n\nselect 1;`;
    expect(statements(sql)).toEqual([
      [1, 'COPY public.t (a, "from") FROM stdin;'],
      ['data', data],
      [7, 'COPY e FROM STDIN WITH (FORMAT text);'],
      ['data', ''],
      [10, 'select 1;'],
    ]);
  });

  it('reads files with CRLF', () => {
    const sql = '-- head\r\nCOPY t FROM stdin;\r\n1\r\n\\.\r\n\\connect shop\r\nselect 1;\r\n';
    expect(statements(sql)).toEqual([
      ['comment', 'head'],
      [2, 'COPY t FROM stdin;'],
      ['data', '1\r\n'],
      ['meta', 'connect shop'],
      [6, 'select 1;'],
    ]);
  });

  it('does not take COPY … TO or a quoted name for a data block', () => {
    expect(statements('copy t to stdout; copy "from" to \'stdin\'; select copy from stdin;')).toHaveLength(3);
  });

  it.each([
    ["select 'a", 'string'],
    ['select "a', 'name'],
    ['select $a$ $', 'string'],
    ['select /* a', 'comment'],
    ['/* a', 'comment'],
    ['select 1', 'statement'],
    ['create function f() begin atomic select 1; ', 'statement'],
    ['COPY t FROM stdin;', 'copy'],
    ['COPY t FROM stdin;\n1\t2\n', 'copy'],
    ['COPY t FROM stdin;\n1\n\\', 'copy'],
  ])('tells that %j ends inside a %s', (sql, inside) => {
    expect(statements(sql).at(-1)).toEqual(['unfinished', inside, 1]);
  });

  it.each(['', ' \n', '-- a', 'select 1; -- a', 'select 1; /* a */ ', 'COPY t FROM stdin;\n1\n\\.'])(
    'tells that %j is complete',
    (sql) => {
      expect(scan([Buffer.from(sql)]).scanner.unfinished()).toBeUndefined();
    },
  );

  it('passes over a comment and a word of any length', () => {
    const long = 'x'.repeat(300_000);
    const bytes = Buffer.from(`-- ${long};\nselect ${long};select 2;`);
    const found = scan(cut(bytes, [1000])).pieces.filter(({ type }) => type === 'statement');
    expect(found.map((piece) => (piece as { bytes: Buffer }).bytes.length)).toEqual([300_008, 9]);
  });
});

/** Parts that go between semicolons without ending the statement. */
const inner = fc.constantFrom(
  ' a ',
  "'x;'';y'",
  '"a;b"',
  "$$;'$$",
  '$t$ $$;$$ $t$',
  "E'\\';\\\\'",
  ' /* ; /* */ */ ',
  ' -- ;\n',
  '(b;c)',
  ' é ',
  '\r\n',
  '-1/2+',
  '$1 ',
);
const statement = fc.array(inner, { minLength: 1, maxLength: 6 }).map((parts) => `s ${parts.join('')} z;`);
const copy = fc
  .array(fc.constantFrom('1\t2\n', '\\N\n', '\\\\.\n', 'a;\'"\n', '\\.b\n', '.\n', '\n'), { maxLength: 5 })
  .map((rows) => ({ head: 'COPY t FROM stdin;', data: rows.join('') }));
const dump = fc.array(fc.oneof(statement, copy), { maxLength: 8 });
const chunkLengths = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 8 });

describe('SqlScanner, for any input', () => {
  it('finds again the statements and data that a text was made of', () => {
    fc.assert(
      fc.property(dump, chunkLengths, (parts, lengths) => {
        const text = parts
          .map((part) => (typeof part === 'string' ? `${part}\n` : `${part.head}\n${part.data}\\.\n`))
          .join('');
        const expected = parts.flatMap((part) =>
          typeof part === 'string' ? [part] : [part.head, part.data],
        );
        const found = summary(cut(Buffer.from(text), lengths)).map((part) => (part as unknown[])[1]);
        expect(found).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('finds the same however the bytes are cut into chunks, and never hangs', () => {
    const bytes = fc
      .array(
        fc.constantFrom(
          "'",
          '"',
          '$',
          '\\',
          ';',
          '-',
          '/',
          '*',
          '(',
          'E',
          '\n',
          '.',
          'a',
          'b',
          '1',
          ' ',
          '\r',
          'COPY t FROM stdin;\n',
          '\\.\n',
          '$$',
          '--',
        ),
        {
          maxLength: 60,
        },
      )
      .map((parts) => Buffer.from(parts.join('')));
    fc.assert(
      fc.property(bytes, chunkLengths, (text, lengths) => {
        expect(summary(cut(text, lengths))).toEqual(summary([text]));
      }),
      { numRuns: 2000 },
    );
  });
});
