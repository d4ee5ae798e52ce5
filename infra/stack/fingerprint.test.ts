import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { fileHash, shortHash } from './fingerprint.ts';

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'fingerprint-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  return dir;
}

it('is the beginning of a sha256', async () => {
  const dir = await folder();
  await writeFile(join(dir, 'a.sql'), 'select 1;');
  const whole = createHash('sha256').update('select 1;').digest('hex');
  expect(await fileHash(join(dir, 'a.sql'))).toBe(whole.slice(0, 12));
  expect(shortHash('select 1;')).toBe(whole.slice(0, 12));
});

it('sees every file of a folder, by name and by content', async () => {
  const dir = await folder();
  await mkdir(join(dir, 'dump/part'), { recursive: true });
  await writeFile(join(dir, 'dump/part/1.dat'), 'one');
  const before = await fileHash(join(dir, 'dump'));
  await writeFile(join(dir, 'dump/part/1.dat'), 'two');
  const after = await fileHash(join(dir, 'dump'));
  await writeFile(join(dir, 'dump/2.dat'), '');
  expect(new Set([before, after, await fileHash(join(dir, 'dump'))]).size).toBe(3);
});

it('reads only the ends of a very large file', async () => {
  const path = join(await folder(), 'large.dump');
  await writeFile(path, 'PGDMP');
  await truncate(path, 40 * 1024 ** 3); // sparse; reading all of it would take the test's time limit
  expect(await fileHash(path)).toMatch(/^[0-9a-f]{12}$/);
});
