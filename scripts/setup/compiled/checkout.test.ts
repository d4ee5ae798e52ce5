import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { sleep } from '../../shared/clock.ts';
import { compiledFolder, compiledNow } from './checkout.mjs';

const roots: string[] = [];
let root: string;

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'rehearse-compiled-'));
  roots.push(root);
  write('scripts/cli/main.ts', "export { word } from './word.ts'; export const place = import.meta.url;");
  write('scripts/cli/word.ts', "export const word: string = 'first';");
  write('scripts/load/worker.ts', '');
  for (const file of [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'node_modules/.package-lock.json',
  ])
    write(file, '{}');
  write('scripts/setup/compiled/compile.mjs', '');
  await sleep(20); // what is written while it compiles is not kept, and file times are coarse
});
afterAll(() => {
  for (const each of roots) rmSync(each, { recursive: true });
});

/** What the compiled program exports, to a Node.js of its own. */
function main(folder = ''): unknown {
  const url = JSON.stringify(pathToFileURL(join(folder, 'main.js')).href);
  const script = `console.log(JSON.stringify(await import(${url})))`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script]).toString());
}

test('a program is compiled once, and its modules take themselves to lie where they were written', async () => {
  expect(compiledNow(root)).toBeUndefined();
  const folder = await compiledFolder(root);
  const place = pathToFileURL(join(root, 'scripts/cli/main.ts')).href;
  expect(main(folder)).toEqual({ word: 'first', place });
  expect(compiledNow(root)).toBe(folder);
  expect(await compiledFolder(root)).toBe(folder);
});

test.each(['scripts/cli/word.ts', 'node_modules/.package-lock.json'])(
  'what was compiled before %s was written again is not used',
  async (file) => {
    const before = await compiledFolder(root);
    await sleep(20);
    write(file, "export const word: string = 'again';");
    expect(compiledNow(root)).toBeUndefined();
    await sleep(20);
    expect(await compiledFolder(root)).not.toBe(before);
    if (file.endsWith('.ts')) expect(main(compiledNow(root))).toMatchObject({ word: 'again' });
  },
);

test('of a source that cannot be compiled nothing is left', async () => {
  write('scripts/cli/word.ts', 'export const');
  expect(await compiledFolder(root)).toBeUndefined();
  expect(readdirSync(join(root, 'node_modules/.cache/dress-rehearsal'))).toEqual([]);
});
