import { expect, test } from 'vitest';
import { parseWorkload } from './parse-workload.ts';

function statements(text: string): [string, readonly string[]][] {
  const read = parseWorkload({ name: 'a', path: '/a.sql', text }, 'a.sql');
  const commands = 'script' in read ? read.script.commands : [];
  return commands.flatMap((command) => (command.kind === 'sql' ? [[command.text, command.parameters]] : []));
}

test('runs what a backslash before the semicolon combines in one transaction, as PostgreSQL does', () => {
  const texts = (text: string): unknown[] => statements(text).map(([one]) => one);
  expect(texts(String.raw`select 1 \; select 2 \; select 3;`)).toEqual([
    'begin',
    'select 1',
    'select 2',
    'select 3',
    'commit',
  ]);
  expect(texts(String.raw`begin \; select 1 \; commit;`)).toEqual(['begin', 'select 1', 'commit']);
  expect(texts('begin;\n' + String.raw`select 1 \; select 2;` + '\ncommit;')).toEqual([
    'begin',
    'select 1',
    'select 2',
    'commit',
  ]);
  expect(statements(String.raw`select 1 \; select 2 as b \gset` + '\nselect :b;')).toEqual([
    ['begin', []],
    ['select 1', []],
    ['select 2 as b', []],
    ['commit', []],
    ['select $1', ['b']],
  ]);
});
