import { cp, readFile, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PgEndpoint } from '../../scripts/pg/endpoint.ts';
import { needsSystemPostgres, SYSTEM_POSTGRES } from '../support/system-postgres.ts';
import { pgDump, runSql, startServer, type TestServer } from './snapshot-fixture.ts';
import { Restorer } from './snapshot-restorer.ts';

/** A row that passes its own check on the archive's own version only, so that COPY fails on any other version. */
const SCHEMA = `
  create table public.orders as select id, md5(id::text) as name from generate_series(1, 50000) id;
  alter table public.orders add primary key (id);
  create table public.people (name text check (version() like 'PostgreSQL ${SYSTEM_POSTGRES.version}%'));
  insert into public.people values ('Ada Lovelace');`;

describe.skipIf(!needsSystemPostgres('to make archives'))('archives of pg_dump', () => {
  let on: Restorer;
  let old: TestServer;
  let source: PgEndpoint;

  beforeAll(async () => {
    [old, on] = await Promise.all([startServer({ version: SYSTEM_POSTGRES.version }), Restorer.start()]);
    source = await old.create('shop');
    await runSql(source, SCHEMA);
    const file = (name: string): string => `--file=${join(on.folder, name)}`;
    for (const format of ['custom', 'directory', 'tar']) {
      await pgDump(source, [`--format=${format}`, '--table=orders', file(`shop.${format}`)]);
    }
    await pgDump(source, ['--format=custom', file('people.custom')]);
    await pgDump(source, ['--format=directory', '--compress=0', '--table=orders', file('shop.uncompressed')]);
  });
  afterAll(async () => {
    await on.stop();
    await old.stop();
  });
  afterEach(async () => {
    expect(await on.sessions()).toBe(0);
  });

  const failureOf = async (name: string): Promise<unknown> =>
    on.failure(on.restore({ kind: 'file', path: join(on.folder, name) }));

  it.each(['custom', 'tar'])(
    'says that a %s archive is truncated, wherever it breaks off',
    async (format) => {
      const whole = await readFile(join(on.folder, `shop.${format}`));
      for (const part of [0.1, 0.3, 0.5, 0.7, 0.9, 0.999]) {
        await writeFile(join(on.folder, 'cut'), whole.subarray(0, Math.floor(whole.length * part)));
        expect(await failureOf('cut'), `cut to ${part}`).toEqual({
          code: 'SNAPSHOT_INVALID',
          message: expect.stringMatching(
            /^cut ends (too early|in the middle of .*): the archive is truncated$/,
          ) as string,
          hint: 'Copy the archive again, or take the dump again.',
        });
      }
      await writeFile(join(on.folder, 'cut'), whole.subarray(0, format === 'tar' ? 530 : 20));
      expect(await failureOf('cut')).toMatchObject({ code: 'SNAPSHOT_INVALID' });
    },
  );

  it.each(['directory', 'uncompressed'])(
    'says that a data file of a %s archive is truncated',
    async (name) => {
      const folder = join(on.folder, `cut-${name}`);
      await cp(join(on.folder, `shop.${name}`), folder, { recursive: true });
      const data = (await readdir(folder)).find((file) => /^\d+\.dat/.test(file)) ?? '';
      for (const bytes of [100_000, 1000, 3, 0]) {
        await truncate(join(folder, data), bytes);
        expect(await failureOf(`cut-${name}`), `cut to ${bytes} bytes`).toMatchObject({
          code: 'SNAPSHOT_INVALID',
          message: expect.stringMatching(/: the archive is truncated$/) as string,
        });
      }
    },
  );

  it('names the object that failed, and no value of its rows', async () => {
    expect(await failureOf('people.custom')).toEqual({
      code: 'RESTORE_FAILED',
      message:
        'people.custom, TABLE DATA people, row 1 of its data: new row for relation "people" violates check constraint "people_check"',
      hint: undefined,
    });
  });

  it('says what to do with a compressed archive and with a folder that is none', async () => {
    await writeFile(join(on.folder, 'shop.gz'), gzipSync(await readFile(join(on.folder, 'shop.custom'))));
    expect(await failureOf('shop.gz')).toMatchObject({
      code: 'SNAPSHOT_INVALID',
      message: 'shop.gz is not SQL: it is a compressed pg_dump archive (custom); decompress it first',
    });
    expect(await on.failure(on.restore({ kind: 'file', path: on.folder }))).toMatchObject({
      code: 'SNAPSHOT_INVALID',
      message: ' is a folder, but not an archive of pg_dump',
    });
  });

  it('ends pg_restore when the run is aborted', async () => {
    const stop = new AbortController();
    const restoring = on.restore(
      { kind: 'file', path: join(on.folder, 'shop.directory') },
      {
        signal: stop.signal,
        onProgress: () => {
          stop.abort(new Error('stopped by the test'));
        },
      },
    );
    await expect(restoring).rejects.toThrow('stopped by the test');
  });
});
