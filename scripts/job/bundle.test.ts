import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { bundleDriver } from './bundle.ts';

test('the same sources give the same file', async () => {
  expect(await bundleDriver()).toBe(await bundleDriver());
});

test('the bundle names no file of the checkout and starts where there is none', async () => {
  const path = await bundleDriver();
  expect(await readFile(path, 'utf8')).not.toContain(process.cwd());
  const folder = await mkdtemp(join(tmpdir(), 'bundle-test-'));
  try {
    const copy = join(folder, 'engine.mjs');
    await copyFile(path, copy);
    const wrong = promisify(execFile)(process.execPath, [copy], { cwd: folder, env: {} });
    await expect(wrong).rejects.toMatchObject({ code: 2, stderr: 'usage: <bundle> run <job folder>\n' });
  } finally {
    await rm(folder, { recursive: true });
  }
});
