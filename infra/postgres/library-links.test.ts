import { mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeLibraryLinks } from './library-links.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'library-links-test-'));
  await mkdir(join(root, 'native', 'lib'), { recursive: true });
  await writeFile(join(root, 'native', 'lib', 'libpq.so.5.18'), 'library');
});
afterEach(() => rm(root, { recursive: true, force: true }));

it('makes relative links that are missing, also when several runs do it at once', async () => {
  const native = join(root, 'native');
  const links = ['native/lib/libpq.so', 'native/lib/libpq.so.5'].map((target) => ({
    source: 'native/lib/libpq.so.5.18',
    target,
  }));
  await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify(links));
  const made = await Promise.all(Array.from({ length: 5 }, () => makeLibraryLinks(native)));
  expect(made).toEqual([true, true, true, true, true]);
  expect(await readlink(join(native, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
  expect(await readFile(join(native, 'lib', 'libpq.so'), 'utf8')).toBe('library');
  expect(await makeLibraryLinks(native)).toBe(true);
});

it('has nothing to do where no links are listed', async () => {
  expect(await makeLibraryLinks(join(root, 'native'))).toBe(true);
});
