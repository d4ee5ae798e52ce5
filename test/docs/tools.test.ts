import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { TOOLS } from '../matrix/tools/index.ts';

/** What only its makers' own servers hand out: tried where those can be reached. */
const NOT_EVERYWHERE = new Set(['Prisma']);

test('the docs name the version of each tool that the matrix tries, and of no other', async () => {
  const text = await readFile(new URL('../../docs/tools.md', import.meta.url), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| ') && !line.includes('---'));
  const told = rows
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map((cells) => [cells[1] ?? '', cells.at(-2) ?? ''] as const)
    .filter(([, version]) => /\d/.test(version))
    .map(([tool, version]) => `${tool}: ${version}`);
  const tried = TOOLS.filter(({ name }) => !NOT_EVERYWHERE.has(name)).map(
    ({ name, version }) => `${name}: ${version}`,
  );
  expect(told.sort()).toEqual(tried.sort());
});
