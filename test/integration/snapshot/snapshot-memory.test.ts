import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Restorer } from './snapshot-restorer.ts';

const MB = 1024 ** 2;
const BLOCKS = 300;

let on: Restorer;
beforeAll(async () => {
  on = await Restorer.start();
});
afterAll(() => on.stop());

it('restores a file of 300 MB in a process that stays far smaller', async () => {
  const path = join(on.folder, 'large.sql');
  const row = `42\t${'a rather long text '.repeat(100)}\n`;
  const rows = Math.ceil(MB / row.length);
  const block = Buffer.from(row.repeat(rows));
  const file = await open(path, 'w');
  await file.write('create unlogged table large (id int, text text);\nCOPY large FROM stdin;\n');
  for (let written = 0; written < BLOCKS; written += 1) await file.write(block);
  await file.write('\\.\n');
  await file.close();
  const endpoint = await on.server.create('large');
  const child = join(import.meta.dirname, 'snapshot-memory-child.ts');
  const { stdout } = await execa(process.execPath, [
    '--import',
    'tsx',
    child,
    path,
    on.folder,
    JSON.stringify(endpoint),
  ]);
  const told = JSON.parse(stdout) as { rows: number; rssBytes: number };
  expect(told.rows).toBe(rows * BLOCKS);
  expect(told.rssBytes).toBeLessThan(250 * MB);
});
