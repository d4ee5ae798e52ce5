import { createHash } from 'node:crypto';
import { execa } from 'execa';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { withConnection } from '../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import type { SnapshotRecord } from '../../../scripts/artifacts/records/records.ts';
import type { SnapshotSource } from '../../../scripts/plan/model.ts';
import { restoreSnapshot } from '../../../scripts/snapshot/restore.ts';
import { startFileServer, type FileServer } from '../../support/servers/file-server.ts';
import { needsSystemPostgres, SYSTEM_POSTGRES } from '../../support/database/system-postgres.ts';
import { fingerprint, ODD_SCHEMA, pgDump, runSql, startServer, type TestServer } from './snapshot-fixture.ts';

const PLAIN_FORMATS = ['shop.sql', 'shop.sql.gz', 'shop.sql.zst', 'crlf.sql', 'inserts.sql', 'create.sql'];
const ARCHIVES = ['shop.dump', 'shop.dir', 'shop.tar', 'shop.dump.gz'];
const REMOTE = ['shop.sql.lz4', 'shop.dump', 'shop.tar', 'shop.tar.gz'];

describe.skipIf(!needsSystemPostgres('to make dumps'))(
  `dumps of PostgreSQL ${SYSTEM_POSTGRES.version}`,
  () => {
    let folder: string;
    let old: TestServer;
    let server: TestServer;
    let web: FileServer;
    let source: PgEndpoint;
    let expected: Record<string, string>;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'snapshot-test-'));
      [old, server] = await Promise.all([startServer({ version: SYSTEM_POSTGRES.version }), startServer()]);
      source = await old.create('shop');
      await runSql(source, ODD_SCHEMA);
      expected = await fingerprint(source);
      const file = (name: string): string => `--file=${join(folder, name)}`;
      await pgDump(source, [file('shop.sql')]);
      await pgDump(source, ['--format=plain', '--compress=6', file('shop.sql.gz')]);
      await pgDump(source, [
        '--inserts',
        '--rows-per-insert=3',
        '--clean',
        '--if-exists',
        file('inserts.sql'),
      ]);
      await pgDump(source, ['--create', file('create.sql')]);
      await pgDump(source, ['--format=custom', file('shop.dump')]);
      await pgDump(source, ['--format=directory', '--jobs=2', file('shop.dir')]);
      await pgDump(source, ['--format=tar', file('shop.tar')]);
      await execa('zstd', ['-q', join(folder, 'shop.sql')]);
      await execa('lz4', ['-q', join(folder, 'shop.sql'), join(folder, 'shop.sql.lz4')]);
      await execa('gzip', ['-k', join(folder, 'shop.dump'), join(folder, 'shop.tar')]);
      web = await startFileServer();
      const plain = await readFile(join(folder, 'shop.sql'));
      await writeFile(join(folder, 'crlf.sql'), plain.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
    });

    afterAll(async () => {
      await web.stop();
      await server.stop();
      await old.stop();
      await rm(folder, { recursive: true, force: true });
    });

    async function restore(
      name: string,
      into: PgEndpoint,
      source: SnapshotSource = { kind: 'file', path: join(folder, name) },
    ): Promise<SnapshotRecord> {
      return restoreSnapshot({
        environment: {},
        enclose: null,
        source: { ...source, takenAt: '2026-11-20T02:00:00Z' },
        dir: folder,
        endpoint: into,
        settings: [
          { name: 'maintenance_work_mem', value: '64MB' },
          { name: 'fsync', value: 'off' },
        ],
        jobs: 2,
        scratchDir: folder,
        signal: AbortSignal.timeout(100_000),
        onProgress: () => undefined,
      });
    }

    it.each([...PLAIN_FORMATS, ...ARCHIVES])('%s comes back with every row and object', async (name) => {
      const database = await server.create(name);
      const record = await restore(name, database);
      const found = await fingerprint(database);
      // A CRLF file carries its line ends into the bodies of functions and comments, as it does with psql.
      const text = (content: Record<string, string>): unknown =>
        name === 'crlf.sql' ? JSON.parse(JSON.stringify(content).replaceAll('\\r\\n', '\\n')) : content;
      expect(text(found)).toEqual(expected);
      const rows = Object.fromEntries(record.tables.map((table) => [table.name, table.rows]));
      expect(rows).toEqual({
        'Odd; schema.Tab"le;': 4,
        'public.customers': 2000,
        'public.empty_table': 0,
        'public.nothing': 2,
        'public.orders_high': expect.any(Number) as number,
        'public.orders_low': expect.any(Number) as number,
      });
      expect((rows['public.orders_high'] ?? 0) + (rows['public.orders_low'] ?? 0)).toBe(2737);
      expect(record).toMatchObject({
        kind: ARCHIVES.includes(name) ? 'archive' : 'plain',
        takenAt: '2026-11-20T02:00:00Z',
        extensions: ['pg_trgm', 'plpgsql'],
      });
      expect(record.bytes).toBeGreaterThan(5_000_000);
      expect(record.tables.every(({ bytes }) => bytes >= 0)).toBe(true);
      expect(record.restoreMs).toBeGreaterThan(0);
    });

    it.each(REMOTE)(
      '%s comes back from a web server that cuts it three times, without lying here',
      async (name) => {
        const bytes = await readFile(join(folder, name));
        const url = web.give(name, bytes, {
          cutAfter: [0.2, 0.3, 0.3].map((part) => Math.floor(bytes.length * part)),
        });
        const database = await server.create(`remote ${name}`);
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        const record = await restore(name, database, { kind: 'remote', url, sha256 });
        expect(await fingerprint(database)).toEqual(expected);
        expect(record).toMatchObject({ sha256, sourceBytes: bytes.length });
        expect(web.asked(name)).toHaveLength(4);
      },
    );

    it.each(['shop.dump', 'shop.tar'])(
      '%s that was cut before it was put on a web server is told',
      async (name) => {
        const bytes = await readFile(join(folder, name));
        const url = web.give(`cut-${name}`, bytes.subarray(0, bytes.length - 9000));
        const restoring = restore(name, await server.create(`cut ${name}`), { kind: 'remote', url });
        await expect(restoring).rejects.toMatchObject({
          code: 'SNAPSHOT_INVALID',
          message: expect.stringMatching(/cut-shop\.\w+ ends .*: the archive is truncated$/) as string,
        });
      },
    );

    it('an archive needs no temporary folder but the one it is given', async () => {
      vi.stubEnv('TMPDIR', '/nowhere');
      const record = await restore('shop.tar', await server.create('no_tmp')).finally(() =>
        vi.unstubAllEnvs(),
      );
      expect(record.kind).toBe('archive');
      expect((await readdir(folder)).filter((name) => name.startsWith('restore-'))).toEqual([]);
    });

    it('hashes the bytes of the file', async () => {
      const path = join(folder, 'shop.sql.gz');
      const record = await restore(basename(path), await server.create('hashed'));
      expect(record.sha256).toBe(
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      );
      expect(record.sourceBytes).toBe((await stat(path)).size);
    });

    it('makes the roles that the dump names, without login, and says so', async () => {
      await withConnection(server.endpoint, 'setup', async (client) => {
        for (const { datname } of (
          await client.query<{ datname: string }>('select datname from pg_database where not datistemplate')
        ).rows) {
          if (!['postgres', 'rehearsal'].includes(datname))
            await client.query(`drop database ${client.escapeIdentifier(datname)}`);
        }
        await client.query('drop role if exists shop_owner, shop_reader');
      });
      const database = await server.create('roles');
      const record = await restore('shop.sql', database);
      expect(record.warnings).toEqual([
        'Roles that the snapshot names were created without login: shop_owner, shop_reader.',
      ]);
      const { rows } = await withConnection(database, 'setup', (client) =>
        client.query(`select rolname, rolcanlogin, (select tableowner from pg_tables where tablename = 'customers') as owner
        from pg_roles where rolname ~ '^shop' order by 1`),
      );
      expect(rows).toEqual([
        { rolname: 'shop_owner', rolcanlogin: false, owner: 'shop_owner' },
        { rolname: 'shop_reader', rolcanlogin: false, owner: 'shop_owner' },
      ]);
    });
  },
);
