import { expect, test } from 'vitest';
import { findCircles } from './circles.ts';
import type { Import } from './imports.ts';

function imports(...lines: string[]): Import[] {
  return lines.map((line) => {
    const [from = '', to = ''] = line.split(' > ');
    return { from, to };
  });
}

test('one direction is no circle, also where a folder and the files above it need each other', () => {
  expect(findCircles(imports('a/b/x.ts > a/c/y.ts', 'a/top.ts > a/b/x.ts', 'a/c/y.ts > a/types.ts'))).toEqual(
    [],
  );
});

test('files that need each other by way of a third are told with the way', () => {
  const round = imports('a/x.ts > a/y.ts', 'a/y.ts > a/z.ts', 'a/z.ts > a/x.ts');
  expect(findCircles(round)).toEqual([
    { level: 'files', way: ['a/x.ts', 'a/y.ts', 'a/z.ts', 'a/x.ts'], because: round },
  ]);
});

test('folders side by side that need each other are told though no file does', () => {
  const round = imports('a/b/x.ts > a/c/y.ts', 'a/c/deep/z.ts > a/b/w.ts');
  expect(findCircles(round)).toEqual([{ level: 'a', way: ['b', 'c', 'b'], because: round }]);
});

test('the two parts of the project may know of each other', () => {
  expect(findCircles(imports('infra/a/x.ts > scripts/b/y.ts', 'scripts/c/z.ts > infra/d/w.ts'))).toEqual([]);
});
