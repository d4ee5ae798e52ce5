import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { needsSystemPostgres, SYSTEM_POSTGRES } from '../../support/database/system-postgres.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { embeddedTarget } from '../../../infra/targets/embedded/embedded-target.ts';
import { findNpmPackage } from '../../../infra/postgres/npm-package.ts';
import { runDirOf } from '../../../infra/targets/embedded/run-dir.ts';
import { preparePrograms } from '../../../infra/targets/embedded/programs/prepare-programs.ts';
import { runnableBinDir } from '../../../infra/targets/embedded/programs/runnable.ts';
import { openCell } from '../../../infra/targets/embedded/cell/cell.ts';
import type { Environment, HereEnvironment } from '../../../infra/contract/target.ts';
import { withConnection } from '../../../scripts/pg/client.ts';
import { neverAborted, pidsBelow, privateTmpdir, show, specOf } from './embedded-fixture.ts';

const { version, binDir } = SYSTEM_POSTGRES;
const here = needsSystemPostgres('to run a server of another major version');
const isRoot = process.getuid?.() === 0;
const canMount = isRoot && process.platform === 'linux';

let tmp: Awaited<ReturnType<typeof privateTmpdir>>;
let environment: Environment | undefined;

beforeEach(async () => {
  tmp = await privateTmpdir();
});

afterEach(async () => {
  await environment?.destroy();
  environment = undefined;
  const processes = await pidsBelow(tmp.path);
  const files = await readdir(tmp.path);
  await tmp.remove();
  expect({ processes, files }).toEqual({ processes: [], files: [] });
});

async function up(spec: Parameters<typeof embeddedTarget.environment>[0]): Promise<HereEnvironment> {
  const made = embeddedTarget.environment(spec);
  environment = made;
  return made.up(neverAborted());
}

describe('a PostgreSQL of this machine', () => {
  it.skipIf(!here)('is taken for its major version', async () => {
    const { primary } = await up(specOf({ version }));
    expect(await show(primary, ['server_version_num'])).toEqual({
      server_version_num: expect.stringMatching(new RegExp(`^${version}\\d{4}$`)) as string,
    });
  });

  it.skipIf(!here)('is taken by its folder, in both modes', async () => {
    const running = await up(specOf({ binDir }));
    await running.switchTo('restore', neverAborted());
    expect(await show(running.primary, ['fsync', 'wal_level'])).toEqual({
      fsync: 'off',
      wal_level: 'minimal',
    });
    await running.switchTo('rehearse', neverAborted());
    expect(await show(running.primary, ['fsync', 'wal_level'])).toEqual({
      fsync: 'on',
      wal_level: 'replica',
    });
  });

  it('is asked for by name where it is not installed', async () => {
    await expect(up(specOf({ version: 98 }))).rejects.toMatchObject({ code: 'POSTGRES_NOT_FOUND' });
  });
});

describe('for root', () => {
  if (!isRoot) console.warn('SKIPPED: what only root can try');

  it.skipIf(!isRoot)(
    'programs that the server’s user cannot reach are copied into the run’s folder',
    async () => {
      const hidden = join(tmp.path, 'hidden');
      await mkdir(hidden, { mode: 0o700 });
      const npm = await findNpmPackage();
      cpSync(npm?.nativeDir ?? '', join(hidden, 'native'), { recursive: true, verbatimSymlinks: true });
      const dir = runDirOf('copy-1');
      await mkdir(dir.path);
      await chmod(dir.path, 0o711);
      const cell = await openCell('for a test');
      const binaries = { binDir: join(hidden, 'native', 'bin'), version: '18.4', major: 18 };
      try {
        expect(await runnableBinDir({ ...binaries, origin: 'npm' }, dir, cell, neverAborted())).toBe(
          join(dir.path, 'native', 'bin'),
        );
        await expect(
          runnableBinDir({ ...binaries, origin: 'binDir' }, dir, cell, neverAborted()),
        ).rejects.toMatchObject({ code: 'POSTGRES_NOT_FOUND' });
      } finally {
        await rm(dir.path, { recursive: true });
        await rm(hidden, { recursive: true });
      }
    },
  );

  it.skipIf(!isRoot)('a temporary folder that an open cell’s user cannot enter is named', async () => {
    await chmod(tmp.path, 0o700);
    const dir = runDirOf('enter-1');
    await mkdir(dir.path);
    const npm = { binDir, version: '18.4', major: 18, origin: 'npm' } as const;
    await expect(
      preparePrograms(npm, dir, await openCell('for a test'), neverAborted()),
    ).rejects.toMatchObject({
      code: 'TARGET_UNAVAILABLE',
      message: expect.stringContaining(`cannot enter ${tmp.path}`) as string,
      hint: 'point TMPDIR to a folder that every user may enter, such as /tmp',
    });
    await rm(dir.path, { recursive: true });
  });

  it.skipIf(!canMount)(
    'a closed cell needs no folder that others may enter, nor one of a short name',
    async () => {
      await chmod(tmp.path, 0o700);
      const long = join(tmp.path, 'a'.repeat(100));
      await mkdir(long);
      process.env['TMPDIR'] = long;
      try {
        const { primary } = await up(specOf());
        expect(await show(primary, ['server_encoding'])).toEqual({ server_encoding: 'UTF8' });
        await environment?.destroy();
        expect(await readdir(long)).toEqual([]);
      } finally {
        await environment?.destroy();
        await rm(long, { recursive: true });
        process.env['TMPDIR'] = tmp.path;
      }
    },
  );
});

describe('a full disk', () => {
  if (!canMount) console.warn('SKIPPED: a full disk can only be tried by root on Linux');

  async function onDiskOf(megabytes: number, use: (disk: string) => Promise<void>): Promise<void> {
    const disk = join(tmp.path, 'disk');
    await mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=1777`, 'tmpfs', disk]);
    process.env['TMPDIR'] = disk;
    try {
      await use(disk);
      await environment?.destroy();
      expect(await pidsBelow(tmp.path)).toEqual([]);
      expect(await readdir(disk)).toEqual([]);
    } finally {
      await environment?.destroy();
      process.env['TMPDIR'] = tmp.path;
      execFileSync('umount', [disk]);
      await rm(disk, { recursive: true });
    }
  }

  it.skipIf(!canMount).each([1, 20, 36])('of %i MB is named while the server is made', async (megabytes) => {
    await onDiskOf(megabytes, async (disk) => {
      if (megabytes === 1)
        await writeFile(join(disk, 'filler'), Buffer.alloc(1024 ** 2)).catch(() => undefined);
      await expect(up(specOf())).rejects.toMatchObject({
        code: 'DISK_FULL',
        message: `the disk under ${disk} is full`,
      });
      await rm(join(disk, 'filler'), { force: true });
    });
  });

  it.skipIf(!canMount)('ends a server that can no longer write its log of changes', async () => {
    await onDiskOf(120, async (disk) => {
      const { primary, failed } = await up(specOf());
      await withConnection(primary, 'setup', (client) =>
        client.query('create table filled as select 1 as id, repeat(md5(random()::text), 10) as text'),
      );
      await writeFile(join(disk, 'filler'), Buffer.alloc(120 * 1024 ** 2)).catch(() => undefined);
      await withConnection(primary, 'setup', async (client) => {
        while (!failed.aborted) {
          await client.query('update filled set id = id + 1 from generate_series(1, 1)');
          await client.query('select pg_switch_wal()');
        }
      }).catch(() => undefined);
      const deadline = Date.now() + 30_000;
      while (!failed.aborted && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 50));
      expect(failed.reason).toMatchObject({ code: 'DISK_FULL' });
      await rm(join(disk, 'filler'), { force: true });
    });
  });
});
