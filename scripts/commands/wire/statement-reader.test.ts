import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StatementReader } from './statement-reader.ts';

function int(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

function message(type: string, ...parts: (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([Buffer.from(type), int(body.length + 4), body]);
}

const START = Buffer.concat([int(16, 196_608), Buffer.from('user\0a\0\0')]);
const SSL = int(8, 80_877_103);
const LET_IN = Buffer.concat([message('R', int(0)), message('K', int(7, 7)), message('Z', 'I')]);
const READY = message('Z', 'I');
const done = (tag: string): Buffer => message('C', `${tag}\0`);
const said = (type: 'N' | 'E', code: string, text: string): Buffer =>
  message(type, `SNOTICE\0V${type === 'N' ? 'NOTICE' : 'ERROR'}\0C${code}\0M${text}\0\0`);

type Piece = readonly ['client' | 'server', Buffer];

/** What is read when each side's bytes come in chunks of that size. */
function read(pieces: readonly Piece[], size = 1e6): { told: unknown[]; isReadable: boolean } {
  const told: unknown[] = [];
  const reader = new StatementReader(
    ({ sql, isCut, answers }) => {
      const seen = answers.map(({ command, notices, error }) => [
        command,
        ...notices.map(({ message: text }) => text),
        ...(error === null ? [] : [error.code]),
      ]);
      told.push([isCut ? `${sql.length} characters` : sql, ...seen]);
    },
    () => 0,
  );
  for (const [from, bytes] of pieces) {
    for (let at = 0; at < bytes.length; at += size) {
      const chunk = bytes.subarray(at, at + size);
      if (from === 'client') reader.fromClient(chunk);
      else reader.fromServer(chunk);
    }
  }
  reader.end();
  return { told, isReadable: reader.isReadable };
}

/** What was told, and when the session gave back what its transaction held. */
function order(pieces: readonly Piece[]): string[] {
  const all: string[] = [];
  const reader = new StatementReader(
    ({ sql }) => all.push(sql),
    () => 0,
    () => all.push('released'),
  );
  for (const [from, bytes] of pieces) {
    if (from === 'client') reader.fromClient(bytes);
    else reader.fromServer(bytes);
  }
  return all;
}

const SESSION: readonly Piece[] = [
  ['client', Buffer.concat([SSL, SSL, START])],
  ['server', Buffer.concat([Buffer.from('NN'), LET_IN])],
];

const SIMPLE: readonly Piece[] = [
  ['client', message('Q', 'begin; drop table if exists t\0')],
  [
    'server',
    Buffer.concat([done('BEGIN'), said('N', '00000', 'gone'), message('D', 'Z'), done('DROP TABLE'), READY]),
  ],
  ['client', message('Q', 'drop table u\0')],
  ['server', Buffer.concat([said('E', '42P01', 'no u'), READY])],
];

const EXTENDED: readonly Piece[] = [
  [
    'client',
    Buffer.concat([
      message('P', 's1\0select $1\0', Buffer.alloc(2)),
      message('B', '\0s1\0', Buffer.alloc(6)),
      message('D', 'P\0'),
      message('E', '\0', int(0)),
      message('P', '\0drop table u\0', Buffer.alloc(2)),
      message('B', '\0\0', Buffer.alloc(6)),
      message('E', '\0', int(0)),
      message('P', '\0select never\0', Buffer.alloc(2)),
      message('E', '\0', int(0)),
      message('S'),
      message('B', '\0s1\0', Buffer.alloc(6)),
      message('E', '\0', int(0)),
      message('S'),
    ]),
  ],
  [
    'server',
    Buffer.concat([
      message('1'),
      message('2'),
      message('T', 'x'),
      message('D', 'x'),
      done('SELECT 1'),
      message('1'),
      message('2'),
      said('E', '2BP01', 'others need it'),
      READY,
      message('2'),
      message('D', 'x'),
      done('SELECT 1'),
      READY,
    ]),
  ],
];

test('statements of a text are read one by one, with what the server said of each, however the bytes come', () => {
  const expected = [
    ['begin; drop table if exists t', ['BEGIN'], ['DROP TABLE', 'gone']],
    ['drop table u', [null, '42P01']],
  ];
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), (size) => {
      expect(read([...SESSION, ...SIMPLE], size)).toEqual({ told: expected, isReadable: true });
    }),
  );
});

test('prepared and pipelined statements are read by their texts, but for what the server skipped behind an error', () => {
  expect(read([...SESSION, ...EXTENDED], 3).told).toEqual([
    ['select $1', ['SELECT 1']],
    ['drop table u', [null, '2BP01']],
    ['select $1', ['SELECT 1']],
  ]);
});

test('rows that are copied pass by, and a text of megabytes is kept in part', () => {
  const copy: Piece[] = [
    ['client', message('Q', 'copy t from stdin\0')],
    ['server', message('G', Buffer.alloc(3))],
    ['client', Buffer.concat([message('d', Buffer.alloc(3_000_000, 'Q')), message('c')])],
    ['server', Buffer.concat([done('COPY 1'), READY])],
    ['client', message('Q', Buffer.alloc(2_000_000, 'x'), '\0')],
    ['server', Buffer.concat([done('SELECT 1'), READY])],
  ];
  expect(read([...SESSION, ...copy], 65_536).told).toEqual([
    ['copy t from stdin', ['COPY 1']],
    ['1048576 characters', ['SELECT 1']],
  ]);
});

test('an error with which the server ended the session is told', () => {
  const ended: Piece[] = [
    ['client', message('Q', 'select pg_sleep(9)\0')],
    ['server', said('E', '57P01', 'terminating connection')],
  ];
  expect(read([...SESSION, ...ended]).told).toEqual([['select pg_sleep(9)', [null, '57P01']]]);
});

test.each<readonly [string, readonly Piece[]]>([
  [
    'encrypted',
    [
      ['client', SSL],
      ['server', Buffer.from('S\x16\x03')],
    ],
  ],
  ['encrypted from the first byte', [['client', Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252])]]],
  ['a request to cancel', [['client', int(16, 80_877_102, 7, 7)]]],
  [
    'refused',
    [
      ['client', START],
      ['server', said('E', '28000', 'no entry')],
    ],
  ],
])('a session that is %s is given up', (_, pieces) => {
  expect(read(pieces)).toEqual({ told: [], isReadable: false });
});

test('a transaction gives back what it holds when it has ended or failed, and not before', () => {
  const ask = (sql: string, tag: string, status: string): Piece[] => [
    ['client', message('Q', `${sql}\0`)],
    ['server', Buffer.concat([done(tag), message('Z', status)])],
  ];
  const told = order([
    ...SESSION,
    ...ask('begin', 'BEGIN', 'T'),
    ...ask('drop table t', 'DROP TABLE', 'T'),
    ...ask('commit', 'COMMIT', 'I'),
    ...ask('begin', 'BEGIN', 'T'),
    ['client', message('Q', 'drop table u\0')],
    ['server', Buffer.concat([said('E', '42P01', 'no u'), message('Z', 'E')])],
  ]);
  const expected = ['begin', 'drop table t', 'commit', 'released', 'begin', 'drop table u', 'released'];
  expect(told).toEqual(['released', ...expected]);
});
