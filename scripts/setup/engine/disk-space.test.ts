import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { requireSpace } from './disk-space.ts';

const EXABYTE = 1024 ** 6;

test('what is written to one file system is added up, also below folders that are not there yet', async () => {
  const folder = join(tmpdir(), 'not', 'there');
  await requireSpace([{ folder, bytes: 1 }], 'building');
  const needs = [
    { folder, bytes: EXABYTE },
    { folder: tmpdir(), bytes: EXABYTE },
  ];
  const error: unknown = await requireSpace(needs, 'building').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'DISK_FULL' });
  expect(String(error)).toMatch(/building needs 2097152\.0 TB and .* has .* free$/);
});
