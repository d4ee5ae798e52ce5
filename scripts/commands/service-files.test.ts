import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { meetsServices } from './service-files.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'services-'));
  await mkdir(join(dir, 'empty'));
  await writeFile(join(dir, 'pg_service.conf'), '[prod]\n');
  await writeFile(join(dir, '.pg_service.conf'), '[prod]\n');
});
afterAll(() => rm(dir, { recursive: true }));

test('no service is to be met where no file names one', async () => {
  expect(await meetsServices('migrate up', { HOME: join(dir, 'empty') }, [join(dir, 'empty')])).toBe(false);
});

test('a service is to be met in a file of the user, of the system or of the environment, or by the command’s own word', async () => {
  const HOME = join(dir, 'empty');
  expect(await meetsServices('migrate up', { HOME: dir }, [])).toBe(true);
  expect(await meetsServices('migrate up', { HOME }, [dir])).toBe(true);
  expect(await meetsServices('migrate up', { HOME, PGSYSCONFDIR: dir }, [])).toBe(true);
  expect(await meetsServices('migrate up', { HOME, PGSERVICEFILE: join(dir, 'pg_service.conf') }, [])).toBe(
    true,
  );
  expect(await meetsServices('psql "service = prod"', { HOME }, [])).toBe(true);
});
