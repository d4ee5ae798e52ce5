import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sqlExcerpt } from './excerpt.ts';

test('the caret stands under the character', () => {
  expect(sqlExcerpt('alter table t\n  add colum x int', 21)).toEqual({
    text: 'alter table t\n  add colum x int\n      ^',
    line: 2,
    column: 7,
  });
});

test('at most four lines are shown, or as many as asked for', () => {
  const sql = 'a\nb\nc\nd\ne\nf';
  expect(sqlExcerpt(sql, 9)).toEqual({ text: 'b\nc\nd\ne\n^', line: 5, column: 1 });
  expect(sqlExcerpt(sql, 9, 1)).toEqual({ text: 'e\n^', line: 5, column: 1 });
});

test('tabs, wide characters, combining marks and pairs of UTF-16 units keep the caret in place', () => {
  expect(sqlExcerpt('\tselect x', 9).text).toBe('\tselect x\n\t       ^');
  expect(sqlExcerpt("select '日😀' x", 13).text).toBe("select '日😀' x\n              ^");
  expect(sqlExcerpt("'e\u0301' x", 6).text).toBe("'e\u0301' x\n    ^");
  expect(sqlExcerpt("'😀' x", 5)).toMatchObject({ line: 1, column: 5 });
});

test('Windows line ends are not shown', () => {
  expect(sqlExcerpt('select 1\r\nfrom t\r\n', 11)).toEqual({
    text: 'select 1\nfrom t\n^',
    line: 2,
    column: 1,
  });
});

test('a position beyond the text is its end, and one before it its start', () => {
  expect(sqlExcerpt('select (\n\n', 99)).toEqual({ text: 'select (\n        ^', line: 1, column: 9 });
  expect(sqlExcerpt('select', 0)).toEqual({ text: 'select\n^', line: 1, column: 1 });
  expect(sqlExcerpt('', 1)).toEqual({ text: '\n^', line: 1, column: 1 });
});

test('a very long line is cut around the position', () => {
  const { text, column } = sqlExcerpt(`${'a'.repeat(500)}!${'b'.repeat(500)}`, 501);
  const [line = '', caret = ''] = text.split('\n');
  expect(column).toBe(501);
  expect(line).toHaveLength(120);
  expect(line[caret.length - 1]).toBe('!');
});

test('the caret always points at the character that the position counts', () => {
  const sqlText = fc.array(fc.constantFrom('a', 'é', ' ', '\n', "'"), { minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(sqlText, fc.nat(), (characters, seed) => {
      const sql = `${characters.join('')}.`;
      const position = (seed % Array.from(sql).length) + 1;
      const { text, line, column } = sqlExcerpt(sql, position);
      const lines = text.split('\n');
      const expected = Array.from(sql)[position - 1];
      expect(sql.split('\n')[line - 1]?.[column - 1] ?? '\n').toBe(expected);
      expect(lines.at(-2)?.[lines.at(-1)!.length - 1] ?? '\n').toBe(expected);
      expect(lines.length).toBeLessThanOrEqual(5);
    }),
  );
});
