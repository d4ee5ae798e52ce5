import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { CHECKS } from './index.ts';

describe('documentation', () => {
  const page = (id: string): URL =>
    new URL(
      `../../docs/checks/${id.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.md`,
      import.meta.url,
    );

  test.each(CHECKS.map(({ id }) => id))('%s has its page with every section', async (id) => {
    expect(existsSync(page(id))).toBe(true);
    const headings = (await readFile(page(id), 'utf8')).split('\n').filter((line) => line.startsWith('#'));
    expect(headings).toEqual([
      `# ${id}`,
      '## What it measures',
      '## Why it matters',
      '## How it is computed',
      '## Instead of',
      '## Use',
    ]);
  });

  test('the list of checks is sorted by id', () => {
    expect(CHECKS.map(({ id }) => id)).toEqual(CHECKS.map(({ id }) => id).toSorted());
  });
});
