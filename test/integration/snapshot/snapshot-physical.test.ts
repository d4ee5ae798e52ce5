import { spawn } from 'node:child_process';
import { execa } from 'execa';
import { cp, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withConnection } from '../../../scripts/pg/client.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { openPhysical } from '../../../scripts/snapshot/physical/open-physical.ts';
import { runSql } from './snapshot-fixture.ts';
import { needsSystemPostgres, SYSTEM_POSTGRES } from '../../support/database/system-postgres.ts';
import { startFileServer } from '../../support/servers/file-server.ts';
import {
  certified,
  quiet,
  rehearse,
  runProgram,
  type Physical,
  type Restored,
} from './physical-rehearsal.ts';
import { arm, listenOutside, plant, Production, type Outside } from './production-fixture.ts';

/** DBState of pg_control. */
const IN_PRODUCTION = 6;
/** A subscription's worker tries again after five seconds. */
const FROM_SUBSCRIBER_RETRY_MS = 6_000;

describe.skipIf(!needsSystemPostgres('to make physical copies'))(
  `a physical copy of PostgreSQL ${SYSTEM_POSTGRES.version}`,
  () => {
    let outside: Outside;
    let production: Production;
    let folder: string;
    let streamed: Restored;
    let untrusted: string[];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'physical-test-'));
      outside = await listenOutside();
      production = await Production.start();
      await plant(production, outside);
      await runSql(
        production.endpoint,
        "update pg_database set datcollversion = '0.9' where datname = 'shop'",
      );
      const { host, port, password } = production.endpoint;
      const url = `postgres://postgres:${password}@${host}:${port}/shop`;
      const cert = await certified(production, folder);
      const trusted = `${url}?sslmode=verify-full&sslrootcert=${encodeURIComponent(cert)}`;
      streamed = await rehearse({ kind: 'physical', url: trusted, maxBytesPerSec: 200e6 });
      const others = '/etc/ssl/certs/ca-certificates.crt';
      const strange = [`verify-full&sslrootcert=${others}`, 'verify-ca&sslrootcert=/nowhere.crt'];
      untrusted = await Promise.all(
        strange.map(async (query) => {
          const source = { kind: 'physical', url: `${url}?sslmode=${query}`, maxBytesPerSec: 200e6 } as const;
          const copy = await openPhysical(source, quiet('it'));
          return copy.major(AbortSignal.timeout(60_000)).then(String, String);
        }),
      );
      for (const name of ['ssl', 'ssl_cert_file', 'ssl_key_file'])
        await runSql(production.endpoint, `alter system reset ${name}`);
      await execa('tar', ['-czf', join(folder, 'running.tar.gz'), '-C', production.path, 'data'], {
        reject: false,
      });
      await runProgram('pg_basebackup', url, [
        '--format=tar',
        `--pgdata=${join(folder, 'tars')}`,
        '--checkpoint=fast',
      ]);
      await arm(production, outside);
    }, 240_000);

    afterAll(async () => {
      await production.remove();
      await outside.close();
      await rm(folder, { recursive: true, force: true });
    });

    it('comes from a server by pg_basebackup, tablespaces and all, with the database of the URL', () => {
      expect(streamed.record).toMatchObject({
        kind: 'physical',
        extensions: ['dblink', 'plpgsql', 'postgres_fdw'],
      });
      expect(streamed.record.tables).toMatchObject([
        { name: 'cron.job' },
        { name: 'public.orders', rows: 1000 },
      ]);
      expect(streamed.owner).toBe('app');
      expect(streamed.record.warnings.join('\n')).toMatch(
        /^Texts in the copy are sorted by other versions .*: the database 0\.9 \(here .*\)\. Indexes of texts may be out of order/m,
      );
    });

    it('is refused by sslmode=verify-… of a server whose certificate nobody vouches for', () => {
      expect(untrusted).toEqual([
        expect.stringMatching(/ may not be read: .*self.signed certificate/),
        expect.stringMatching(/ may not be read: \/nowhere\.crt cannot be read \(ENOENT\)$/),
      ]);
    });

    it('comes from the tar files of pg_basebackup, compressed or not, with its tablespaces', async () => {
      const tars = join(folder, 'tars');
      await execa('zstd', ['-q', '--rm', join(tars, 'base.tar')]);
      const { record } = await rehearse({ kind: 'physical', path: tars, database: 'shop' });
      expect(record.tables).toMatchObject([{ name: 'cron.job' }, { name: 'public.orders', rows: 1000 }]);
      expect(record.disarmed).toContainEqual({ kind: 'tablespace', name: join(production.path, 'fast') });
      expect(record.warnings.join()).toContain('as its backup_manifest lists it');
    }, 120_000);

    it('comes from a web server as a tar file, also where that is cut', async () => {
      const web = await startFileServer();
      try {
        const tar = await execa(
          'tar',
          ['-C', production.path, '--dereference', '--exclude=pg_wal/*', '-c', 'data'],
          {
            encoding: 'buffer',
          },
        );
        const tarUrl = web.give('data.tar', Buffer.from(tar.stdout), {
          cutAfter: [500_000, 1_000_000, 700_000],
        });
        const copy = await openPhysical({ kind: 'physical', tarUrl }, quiet('it'));
        const to = join(folder, 'fetched');
        expect(await copy.major(AbortSignal.timeout(60_000))).toBe(SYSTEM_POSTGRES.version);
        const filled = await copy.fill(to, AbortSignal.timeout(60_000));
        expect(filled.sourceBytes).toBe(tar.stdout.length);
        expect(await readFile(join(to, 'global', 'pg_control'))).toEqual(
          await readFile(join(production.data, 'global', 'pg_control')),
        );
      } finally {
        await web.stop();
      }
    });

    it('is disarmed before it starts, whatever is armed in it, and nobody outside hears of it', async () => {
      expect(outside.heard, 'production itself is heard').toBeGreaterThan(0);
      const before = outside.heard;
      const { record, triggers } = await rehearse(
        { kind: 'physical', path: production.data, database: 'shop' },
        async ({ primary }) => {
          await withConnection(primary, 'command', async (client) => {
            await client.query('create table public.made (id int)');
            await client.query('select pg_switch_wal()');
          });
          await sleep(FROM_SUBSCRIBER_RETRY_MS);
        },
      );
      expect(outside.heard - before).toBe(0);
      expect(record.disarmed?.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
        'setting archive_command',
        'setting archive_mode',
        'setting include',
        'setting listen_addresses',
        'setting port',
        'setting primary_conninfo',
        'setting restore_command',
        'setting shared_preload_libraries',
        'setting unix_socket_directories',
        'file extra.conf',
        'file pg_hba.conf',
        'file pg_ident.conf',
        'file postgresql.auto.conf',
        'file postgresql.conf',
        'file server.key',
        'file standby.signal',
        'replication slot cdc',
        'replication slot replica1',
        `tablespace ${join(production.path, 'fast')}`,
        'subscription feed',
        'password of 1 role',
        'setting of a role or database libraries that sessions of app load',
        'prepared transaction 1 rolled back',
        'database crm',
        'scheduled job nightly-export',
        'foreign server warehouse',
        'user mapping warehouse for app',
        'functions of extension dblink',
        'event trigger tells',
      ]);
      expect(triggers).toEqual(['counts O', 'tells D']);
      expect(JSON.stringify(record)).not.toContain('Lovelace');
    }, 60_000);

    it('starts nowhere that it could reach others from, unless the author says so', async () => {
      const copy = await openPhysical({ kind: 'physical', path: production.data }, quiet('data'));
      const { requireConfined } = await import('../../../infra/targets/embedded/physical/begin-on-copy.ts');
      const open = { isClosed: false, openBecause: 'only root may make namespaces' };
      expect(() => {
        requireConfined(copy, open);
      }).toThrow(
        'data is a physical copy, and its server would see the network here: only root may make namespaces',
      );
      const said = await openPhysical(
        { kind: 'physical', path: production.data, confined: false },
        quiet('data'),
      );
      requireConfined(said, open);
    });

    describe('is refused, and leaves nothing,', () => {
      async function refusal(source: Physical): Promise<string> {
        const to = join(folder, 'refused');
        const copy = await openPhysical(source, quiet('it'));
        const error: unknown = await copy
          .fill(to, AbortSignal.timeout(60_000))
          .catch((thrown: unknown) => thrown);
        await rm(to, { recursive: true, force: true });
        if (!(error instanceof RehearsalError)) throw new Error(`no error: ${String(error)}`);
        return `${error.code}: ${error.message}`;
      }
      const copyOf = async (name: string): Promise<string> => {
        const path = join(folder, name);
        await cp(production.data, path, { recursive: true, verbatimSymlinks: true });
        return path;
      };

      it('where its server runs or ran when it was made', async () => {
        const path = await copyOf('running');
        const server = spawn('sleep', ['60'], { cwd: path });
        await writeFile(join(path, 'postmaster.pid'), `${server.pid ?? 0}\n`);
        expect(await refusal({ kind: 'physical', path })).toBe(
          `SNAPSHOT_INVALID: it is the folder of a server that runs (process ${server.pid ?? 0})`,
        );
        server.kill();
        const control = join(path, 'global', 'pg_control');
        const bytes = await readFile(control);
        bytes.writeUInt32LE(IN_PRODUCTION, 16);
        await rm(join(path, 'postmaster.pid'));
        await writeFile(control, bytes);
        expect(await refusal({ kind: 'physical', path })).toBe(
          'SNAPSHOT_INVALID: it is no whole copy: its server was in production when it was made, and it has no backup_label',
        );
      });

      it('where it is one of several tar files, or another file than its manifest lists', async () => {
        const tars = join(folder, 'tars');
        expect(await refusal({ kind: 'physical', path: join(tars, 'base.tar.zst') })).toMatch(
          /^SNAPSHOT_INVALID: it does not bring the tablespace .*\/fast, whose files are in \d+\.tar beside it$/,
        );
        const manifest = await readFile(join(tars, 'backup_manifest'), 'utf8');
        await writeFile(
          join(tars, 'backup_manifest'),
          manifest
            .replace(/("PG_VERSION", "Size": )\d+/, '$17')
            .replace(/("global\/pg_control".*?"Checksum": ")./, '$1x'),
        );
        expect(await refusal({ kind: 'physical', path: tars })).toBe(
          'SNAPSHOT_INVALID: it is not what its backup_manifest lists: PG_VERSION has 3 bytes instead of 7; global/pg_control has another checksum',
        );
        await rm(join(tars, 'pg_wal.tar'));
        expect(await refusal({ kind: 'physical', path: tars })).toBe(
          'SNAPSHOT_INVALID: it has no WAL in pg_wal, without which it is not consistent',
        );
      });

      it('where its pg_control is missing or cut', async () => {
        const path = await copyOf('broken');
        await truncate(join(path, 'global', 'pg_control'), 100);
        expect(await refusal({ kind: 'physical', path })).toBe(
          'SNAPSHOT_INVALID: it is damaged: global/pg_control has 100 bytes instead of 8192',
        );
        await rm(join(path, 'global', 'pg_control'));
        expect(await refusal({ kind: 'physical', path })).toBe(
          'SNAPSHOT_INVALID: it is no data folder of PostgreSQL: global/pg_control is missing',
        );
      });

      it('where a tar file of it breaks off, has no tablespace, or is none of a data folder', async () => {
        const tar = join(folder, 'whole.tar');
        await execa('tar', ['-cf', tar, '-C', production.path, '--exclude=pg_tblspc/*', 'data']);
        await truncate(tar, Math.floor((await stat(tar)).size / 2));
        expect(await refusal({ kind: 'physical', path: tar })).toMatch(
          /^SNAPSHOT_INVALID: it ends in the middle of data\/.*: the file is truncated$/,
        );
        await execa('tar', ['-czf', tar, '-C', production.path, 'data']);
        expect(await refusal({ kind: 'physical', path: tar })).toMatch(
          /^SNAPSHOT_INVALID: it has in pg_tblspc\/\d+ a link to another folder of its server, and not what is in that$/,
        );
        await execa('tar', ['-cf', tar, '-C', production.path, 'data/pg_hba.conf']);
        expect(await refusal({ kind: 'physical', path: tar })).toBe(
          'SNAPSHOT_INVALID: it is no tar archive of a data folder: no PG_VERSION is in it',
        );
      });
    });
  },
);
