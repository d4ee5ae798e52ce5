import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWorkload } from './parse-workload.ts';
import type { ParsedScript } from './script.ts';

function parsed(text: string): ParsedScript {
  const result = parseWorkload({ name: 'checkout', path: '/app/checkout.sql', text }, 'checkout.sql');
  if ('mistakes' in result) throw new Error(result.mistakes.map(({ message }) => message).join('\n'));
  return result.script;
}

function mistakes(text: string): [number | undefined, string][] {
  const result = parseWorkload({ name: 'checkout', path: '/app/checkout.sql', text }, 'checkout.sql');
  if (!('mistakes' in result)) return [];
  expect(result.mistakes.every(({ file, key }) => file === 'checkout.sql' && key === '')).toBe(true);
  return result.mistakes.map(({ line, message }) => [line, message]);
}

/** Text and parameters of each statement, in order, without those inside `\if`. */
function statements(text: string): [string, readonly string[]][] {
  return parsed(text).commands.flatMap((command) =>
    command.kind === 'sql' ? [[command.text, command.parameters]] : [],
  );
}

describe('parseWorkload', () => {
  it('reads a whole script', () => {
    const script = parsed(
      [
        '-- A customer pays.',
        '-- rehearse: weight=2.5 name=pay sample id from shop.orders.id, who from "Customers"."E-mail"',
        String.raw`\set amount random(1, \ `.trimEnd(),
        '   100)',
        'BEGIN;',
        'UPDATE orders',
        '   SET paid = paid + :amount::int -- :not_here',
        ' WHERE id = :id;',
        String.raw`SELECT note, 'at 10:30' AS at FROM orders WHERE id = :id \gset p_`,
        String.raw`\sleep 20 ms`,
        String.raw`\if :amount > 50`,
        'INSERT INTO notes VALUES (:p_note, :who);',
        String.raw`\else`,
        'SELECT 1',
        String.raw`\endif`,
        'COMMIT',
      ].join('\n'),
    );
    const call = (name: string, ...args: object[]): object => ({ kind: 'call', name, arguments: args });
    const constant = (value: bigint): object => ({ kind: 'constant', value });
    const sql = (index: number, line: number, text: string, parameters: string[] = []): object => {
      return { kind: 'sql', index, line, text, parameters, transaction: undefined, gsetPrefix: undefined };
    };
    expect(script).toEqual({
      name: 'pay',
      weight: 2.5,
      file: 'checkout.sql',
      samples: [
        { variable: 'id', schema: 'shop', table: 'orders', column: 'id', line: 2 },
        { variable: 'who', schema: undefined, table: 'Customers', column: 'E-mail', line: 2 },
      ],
      commands: [
        {
          kind: 'set',
          line: 3,
          variable: 'amount',
          expression: call('random', constant(1n), constant(100n)),
        },
        { ...sql(0, 5, 'BEGIN'), transaction: 'begin' },
        sql(1, 6, 'UPDATE orders\n   SET paid = paid + $1::int -- :not_here\n WHERE id = $2', [
          'amount',
          'id',
        ]),
        { ...sql(2, 9, "SELECT note, 'at 10:30' AS at FROM orders WHERE id = $1", ['id']), gsetPrefix: 'p_' },
        { kind: 'sleep', line: 10, amount: 20, unitMs: 1 },
        {
          kind: 'if',
          line: 11,
          branches: [
            {
              condition: call('>', { kind: 'variable', name: 'amount' }, constant(50n)),
              commands: [sql(3, 12, 'INSERT INTO notes VALUES ($1, $2)', ['p_note', 'who'])],
            },
            { condition: undefined, commands: [sql(4, 14, 'SELECT 1')] },
          ],
        },
        { ...sql(5, 16, 'COMMIT'), transaction: 'commit' },
      ],
    });
  });

  it('uses the file name and weight 1 where no comment says otherwise', () => {
    expect(parsed('select 1;')).toMatchObject({ name: 'checkout', weight: 1, samples: [] });
  });

  it('leaves quoted text, comments and casts alone', () => {
    const text = String.raw`\set x 1
select ':x' || E'\':x' || ":x"::text, $$ :x; $$, $q$ :x $$ $q$ /* :x; /* nested */ ; */ from t; -- ;
select :x::int, a[1:2] from t where b = (select 1);`;
    expect(statements(text)).toEqual([
      [
        String.raw`select ':x' || E'\':x' || ":x"::text, $$ :x; $$, $q$ :x $$ $q$ /* :x; /* nested */ ; */ from t`,
        [],
      ],
      ['select $1::int, a[1:2] from t where b = (select 1)', ['x']],
    ]);
  });

  it('knows what a statement does to the transaction', () => {
    const kinds = parsed(
      'start transaction; commit and chain; rollback; begin; savepoint a; rollback to a; end; abort;',
    ).commands.map((command) => (command.kind === 'sql' ? command.transaction : undefined));
    expect(kinds).toEqual([
      'begin',
      'chain',
      'rollback',
      'begin',
      undefined,
      undefined,
      'commit',
      'rollback',
    ]);
  });

  it('takes the variables of \\gset from the columns of the statement', () => {
    const use = (query: string, variable: string): [number | undefined, string][] =>
      mistakes(`${query} \\gset\nselect :${variable};`);
    expect(use('select a.id, count(*) from a', 'id')).toEqual([]);
    expect(use('select a.id, count(*) from a', 'count')).toEqual([]);
    expect(use('insert into a values (1) returning id as new_id', 'new_id')).toEqual([]);
    expect(use('select a.id from a', 'ip')).toEqual([
      [2, 'variable :ip is neither set nor sampled before it is used'],
    ]);
    expect(use('select * from a', 'anything')).toEqual([]); // only the database knows its columns
  });

  it('has the preset variables', () => {
    expect(statements('select :client_id, :scale, :random_seed, :default_seed;')[0]?.[1]).toEqual([
      'client_id',
      'scale',
      'random_seed',
      'default_seed',
    ]);
  });

  it('reads Windows line ends and a byte order mark', () => {
    expect(statements('\uFEFF\\set a 1 + \\\r\n 2\r\nselect :a;\r\n')).toEqual([['select $1', ['a']]]);
  });

  it('reports every mistake at once, each with its line', () => {
    const text = [
      '-- rehearse: wieght=5',
      '-- rehearse: weight=0 sample id from orders',
      '-- rehearse: sample from orders.id',
      '-- rehearse: name=',
      String.raw`\set`,
      String.raw`\set 1x 5`,
      String.raw`\set x random(1, \ `.trimEnd(),
      '  2',
      String.raw`\shell rm -rf /`,
      String.raw`\setshell a date`,
      String.raw`\startpipeline`,
      String.raw`\frobnicate`,
      'selct 1;',
      'select a,',
      '  from t;',
      'select :nowhere, :nowhere;',
      'select :late;',
      String.raw`\set late 1`,
      String.raw`\gset`,
      String.raw`select 1 \aset`,
      String.raw`\sleep soon`,
      String.raw`\if 1 +`,
      String.raw`\else now`,
      String.raw`\elif true`,
      '-- rehearse: weight=5',
      "select 'open;",
    ].join('\n');
    expect(mistakes(text)).toEqual([
      [1, '-- rehearse: unknown word "wieght"; known are weight=, name= and sample'],
      [2, '-- rehearse: weight=0 must be a number from 0.001 to 1000000'],
      [2, '-- rehearse: sample id needs table.column or schema.table.column'],
      [3, '-- rehearse: sample must read "sample <variable> from <table>.<column>", several with commas'],
      [4, '-- rehearse: name= needs a name, such as name=read-order'],
      [5, String.raw`\set needs a variable and an expression`],
      [6, String.raw`\set: "1x" is not a variable name`],
      [8, String.raw`\set: syntax error at end of the command`],
      [9, String.raw`\shell: shell commands are not run from a workload script`],
      [10, String.raw`\setshell: shell commands are not run from a workload script`],
      [
        11,
        String.raw`\startpipeline: whether statements are pipelined is said for the whole load, as load.pipeline`,
      ],
      [12, String.raw`unknown command \frobnicate`],
      [13, 'syntax error at or near "selct"'],
      [15, 'syntax error at or near "from"'],
      [16, 'variable :nowhere is neither set nor sampled before it is used'],
      [17, 'variable :late is neither set nor sampled before it is used'],
      [19, String.raw`\gset must follow an SQL statement`],
      [20, String.raw`\aset: combined queries are not supported; use \gset after a single one`],
      [21, String.raw`\sleep needs a whole number or a :variable, and us, ms or s, such as \sleep 10 ms`],
      [22, String.raw`\if: syntax error at end of the command`],
      [22, String.raw`\if without \endif`],
      [23, String.raw`\else takes no arguments`],
      [24, String.raw`\elif after the \else of line 23`],
      [25, '-- rehearse: must stand before the first command'],
      [26, 'quoted text is not closed'],
    ]);
  });

  it.each([
    ['', [[1, 'the script has no command']]],
    ['-- only a comment\n', [[1, 'the script has no command']]],
    [String.raw`\endif`, [[1, String.raw`\endif without \if`]]],
    [String.raw`\elif true`, [[1, String.raw`\elif without \if`]]],
    ['/* open', [[1, 'comment is not closed']]],
    [
      'select 1;\nbegin;\nselect 2;',
      [[2, 'the transaction that begins here is still open at the end of the script']],
    ],
    ["prepare transaction 'x';", [[1, 'two-phase commit is not supported in a workload script']]],
    [
      'copy t from stdin;',
      [[1, 'COPY FROM STDIN is not supported in a workload script: there is no data to send']],
    ],
    [
      String.raw`\if :x` + '\n' + String.raw`\endif`,
      [[1, 'variable :x is neither set nor sampled before it is used']],
    ],
    [String.raw`\sleep :x ms`, [[1, 'variable :x is neither set nor sampled before it is used']]],
  ])('refuses %j', (text, expected) => {
    expect(mistakes(text)).toEqual(expected);
  });

  it('never finds a variable or an end inside what SQL quotes', () => {
    const anything = fc.string({
      unit: fc.constantFrom(':', 'x', ';', "'", '"', '\\', '-', '/', '*', '$', '\n', ' ', 'é'),
    });
    const quoted = fc.oneof(
      anything.map((text) => `'${text.replaceAll("'", "''")}'`),
      anything.map((text) => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`),
      anything.filter((text) => text !== '').map((text) => `"${text.replaceAll('"', '""')}"`),
      anything.map((text) => `$tag$${text}$tag$`),
    );
    fc.assert(
      fc.property(fc.array(quoted, { minLength: 1, maxLength: 5 }), (parts) => {
        const text = `select ${parts.map((part) => `${part} + $1`).join(', ')}`;
        const source = `\\set x 1\n${text.replaceAll('$1', ':x')};`;
        fc.pre(!parts.some((part) => part.includes('$1')));
        const [statement] = statements(source);
        let count = 0;
        expect(statement).toEqual([text.replaceAll('$1', () => `$${++count}`), parts.map(() => 'x')]);
      }),
    );
  });

  it('never throws, whatever the file holds', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '\\set x ',
        '\\if ',
        '\\else\n',
        '\\endif\n',
        '\\gset\n',
        'select 1',
        ';',
        ':x',
        '$$',
        "'",
        '/*',
        '-- rehearse: ',
        'sample a from b.c',
        '\n',
        '\\',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const result = parseWorkload({ name: 'n', path: 'p', text: pieces.join('') }, 'f');
        expect('script' in result ? result.script.commands.length : result.mistakes.length).toBeGreaterThan(
          0,
        );
      }),
      { numRuns: 500 },
    );
  });
});
