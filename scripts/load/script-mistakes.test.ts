import { expect, test } from 'vitest';
import { parseWorkload } from './scripts/parse-workload.ts';

function mistakesIn(text: string): string[] {
  const result = parseWorkload({ name: 'n', path: 'p', text }, 'f');
  return 'mistakes' in result ? result.mistakes.map(({ line, message }) => `${line ?? 0} ${message}`) : [];
}

const NO_VALUE = String.raw`a parameter such as $1 gets no value here: write a variable, as in \set id random(1, 10) and :id`;

test.each([
  ['select $1;', [`1 ${NO_VALUE}`]],
  ['\\set id 1\nselect 1 from t where a = :id and b = $1;', [`2 ${NO_VALUE}`]],
  ['\\set id 1\nupdate t set (a, b) = (select :id, 2);', []],
  ["prepare p as select $1::int;\nselect '$1';", []],
])('only variables have values: %s', (text, mistakes) => {
  expect(mistakesIn(text)).toEqual(mistakes);
});

test.each([
  '\\set id 1 + -- one more\nselect :id;',
  '\\set id random(1, 10) -- any\nselect :id;',
  '\\sleep 10 ms -- a while\nselect 1;',
  'select 1 as a \\gset -- keep it\nselect :a;',
  '\\if 1\nselect 1;\n\\else -- never\nselect 2;\n\\endif',
])('a comment behind a backslash command is told as what it is: %s', (text) => {
  expect(mistakesIn(text)[0]).toMatch(/; a comment \(--\) needs a line of its own$/);
});

test('two minus signs that are none are no comment', () => {
  expect(mistakesIn('\\set id 1 --2\nselect :id;')).toEqual([]);
});

test('the name of a script may hold spaces in quotes', () => {
  const text = '-- rehearse: name="read an ""order""" weight=2\nselect 1;';
  expect(parseWorkload({ name: 'n', path: 'p', text }, 'f')).toMatchObject({
    script: { name: 'read an "order"', weight: 2 },
  });
});
