import fc from 'fast-check';
import { expect, test } from 'vitest';
import { interpolate } from './interpolate.ts';

const VALUES: Record<string, string> = { PLACE: 'db.example', EMPTY: '', NESTED: '${PLACE}' };
const lookup = (name: string): string | undefined => VALUES[name];

test('each name is replaced once, and values are not looked into', () => {
  expect(interpolate('${PLACE}/${PLACE}/${EMPTY}/${NESTED}', lookup)).toEqual({
    text: 'db.example/db.example//${PLACE}',
    used: VALUES,
    mistakes: [],
  });
});

test('$${ stands for ${, and a lone $ or brace for itself', () => {
  expect(interpolate('$${PLACE} $PLACE {PLACE} $$ $1', lookup)).toEqual({
    text: '${PLACE} $PLACE {PLACE} $$ $1',
    used: {},
    mistakes: [],
  });
});

test.each(['${}', '${a b}', '${1A}', '${PLACE', '${PLACE-default}'])('%s is no name', (text) => {
  const { text: left, mistakes } = interpolate(text, lookup);
  expect(left).toBe(text);
  expect(mistakes.map(({ message }) => message)).toEqual([
    `${text} is not a name of the environment; write \${NAME}, or $\${ for the characters`,
  ]);
});

test('text without a dollar sign stays as it is', () => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => !text.includes('$')),
      (text) => {
        expect(interpolate(text, lookup)).toEqual({ text, used: {}, mistakes: [] });
      },
    ),
  );
});
