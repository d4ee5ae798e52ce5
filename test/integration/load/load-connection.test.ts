import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppConnection } from '../../../scripts/load/app-connection.ts';
import { wireStatement, type WireStatement } from '../../../scripts/load/wire/frontend.ts';
import { closeQuietly, connect, type PgClient } from '../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { needs } from '../../support/needs.ts';
import { until } from './load-harness.ts';

const SIGNAL = new AbortController().signal;

let database: TestDatabase;
let setup: PgClient;
let dir: string;
let ids = 0;
beforeAll(async () => {
  database = await startTestDatabase();
  setup = await connect(database.endpoint, 'setup');
  dir = await mkdtemp(join(tmpdir(), 'load-connection-'));
});
afterAll(async () => {
  await closeQuietly(setup);
  await database.stop();
  await rm(dir, { recursive: true });
});

function statement(text: string, parameters = 0, wantsRow = true): WireStatement {
  return wireStatement(ids++, text, parameters, wantsRow);
}

/** Sends statements in one flight; what went wrong, if anything. */
function run(
  connection: AppConnection,
  ...flight: readonly (readonly [WireStatement, (string | null)[]])[]
): Promise<string | undefined> {
  for (const [prepared, values] of flight) connection.add(prepared, values);
  return new Promise((resolve) => {
    connection.send(resolve);
  });
}

async function withApp<T>(
  use: (connection: AppConnection, lost: () => number) => Promise<T>,
  endpoint: PgEndpoint = database.endpoint,
): Promise<T> {
  let lost = 0;
  const connection = await AppConnection.open(endpoint, SIGNAL, () => (lost += 1));
  try {
    return await use(connection, () => lost);
  } finally {
    await connection.close();
  }
}

describe('a connection of the app', () => {
  it('gives scripts the first row as text, also where it comes in many pieces', async () => {
    await withApp(async (app) => {
      const all = statement(
        `SELECT n, NULL AS none, 'Ærø' AS "Ö", repeat('x', 200000 / n) AS long FROM generate_series(1, 50) AS n`,
      );
      for (let time = 0; time < 3; time++) {
        expect(await run(app, [all, []])).toBeUndefined();
        expect(app.columns).toEqual(['n', 'none', 'Ö', 'long']);
        expect(app.firstRow).toEqual(['1', null, 'Ærø', 'x'.repeat(200_000)]);
      }
      expect(
        await run(app, [statement(`SELECT 1 WHERE $1::text IS NULL AND $2 = 'ü'`, 2), [null, 'ü']]),
      ).toBeUndefined();
      expect(app.firstRow).toEqual(['1']);
      expect(await run(app, [statement('SELECT 1 AS a WHERE false'), []])).toBeUndefined();
      expect([app.columns, app.firstRow]).toEqual([['a'], undefined]);
      expect(await run(app, [statement('DO $$ BEGIN END $$'), []])).toBeUndefined();
      expect([app.columns, app.firstRow]).toEqual([[], undefined]);
    });
  });

  it('skips what scripts do not look at: rows, notices, settings, notifications and COPY to the client', async () => {
    await withApp(async (app) => {
      for (const text of [
        `SELECT repeat('x', 1000) FROM generate_series(1, 20000)`,
        `DO $$ BEGIN RAISE WARNING 'careful'; END $$`,
        `SET TimeZone = 'Asia/Tokyo'`,
        'LISTEN changes',
        'NOTIFY changes',
        `COPY (SELECT repeat('y', 1000) FROM generate_series(1, 20000)) TO STDOUT`,
        '',
      ]) {
        expect(await run(app, [statement(text, 0, false), []]), text).toBeUndefined();
      }
      expect(await run(app, [statement('SELECT 1'), []])).toBeUndefined();
      expect(app.inTransaction).toBe(false);
    });
  });

  it('refuses to copy from the client, and goes on', async () => {
    await withApp(async (app) => {
      await setup.query('CREATE TABLE copied (n int)');
      const copy = statement('COPY copied FROM STDIN', 0, false);
      for (let time = 0; time < 2; time++) {
        expect(await run(app, [copy, []])).toBe('57014');
        expect(await run(app, [statement('SELECT 1'), []])).toBeUndefined();
      }
    });
  });

  it('prepares a statement once, and anew when its result has changed or it was dropped', async () => {
    await withApp(async (app) => {
      await setup.query('CREATE TABLE item (id int); INSERT INTO item VALUES (1)');
      const all = statement('SELECT * FROM item');
      const prepared = statement('SELECT count(*) FROM pg_prepared_statements');
      await run(app, [all, []]);
      await run(app, [all, []]);
      await setup.query('ALTER TABLE item ADD COLUMN note text');
      expect(await run(app, [all, []])).toBe('0A000');
      expect(await run(app, [all, []])).toBeUndefined();
      expect(app.columns).toEqual(['id', 'note']);
      await run(app, [prepared, []]);
      expect(app.firstRow).toEqual(['2']);
      await run(app, [statement('DEALLOCATE ALL', 0, false), []]);
      expect(await run(app, [all, []])).toBe('26000');
      expect(await run(app, [all, []])).toBeUndefined();
    });
  });

  it('ends a broken transaction, and tells an open one', async () => {
    await withApp(async (app) => {
      await run(app, [statement('BEGIN', 0, false), []]);
      expect(app.inTransaction).toBe(true);
      expect(await run(app, [statement('SELECT 1 / 0'), []])).toBe('22012');
      expect(
        await new Promise((resolve) => {
          app.recover(resolve);
        }),
      ).toBeUndefined();
      expect(app.inTransaction).toBe(false);
    });
  });

  it('sends several statements in one flight and answers once, with the first failure', async () => {
    await withApp(async (app) => {
      const one = statement('SELECT $1::int', 1, false);
      const zero = statement('SELECT 1 / $1::int', 1, false);
      const last = statement('SELECT 7 AS seven');
      for (let time = 0; time < 2; time++) {
        expect(await run(app, [one, ['1']], [zero, ['1']], [one, ['2']], [last, []])).toBeUndefined();
        expect(app.firstRow).toEqual(['7']);
        expect(await run(app, [one, ['1']], [zero, ['0']], [one, ['x']], [last, []])).toBe('22012');
        expect(app.firstRow).toEqual(['7']);
      }
    });
  });

  it('is lost when the server ends it, at work or idle, and says so once', async () => {
    await withApp(async (app, lost) => {
      const sleeping = run(app, [statement('SELECT pg_sleep(60)'), []]);
      await setup.query('SELECT pg_sleep(0.1), pg_terminate_backend($1)', [app.pid]);
      expect(await sleeping).toBe('57P01');
      expect(app.lost).toBe(true);
      expect(await run(app, [statement('SELECT 1'), []])).toBe('lost');
      expect(lost()).toBe(1);
    });
    await withApp(async (app, lost) => {
      await setup.query('SELECT pg_terminate_backend($1)', [app.pid]);
      expect(await until(() => app.lost)).toBe(true);
      expect(lost()).toBe(1);
    });
  });

  it('closes at once while the server is at work for it', async () => {
    const connection = await AppConnection.open(database.endpoint, SIGNAL, () => undefined);
    void run(connection, [statement('SELECT pg_sleep(2)'), []]);
    await connection.close();
    expect(connection.lost).toBe(true);
  });

  it('goes over a Unix socket', async () => {
    const { host, port } = database.endpoint;
    const server = createServer((client) => {
      const upstream = connectTcp({ host, port });
      client.pipe(upstream).pipe(client);
      client.on('error', () => upstream.destroy());
    }).listen(join(dir, `.s.PGSQL.${port}`));
    await once(server, 'listening');
    await withApp(
      async (app) => {
        expect(await run(app, [statement('SELECT 5'), []])).toBeUndefined();
        expect(app.firstRow).toEqual(['5']);
      },
      { ...database.endpoint, host: dir },
    );
    server.close();
  });
});

describe.skipIf(!needs('openssl', 'to make a certificate'))('over TLS', () => {
  it('all is the same', async () => {
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    await promisify(execFile)('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '1',
      '-subj',
      '/CN=localhost',
      '-keyout',
      key,
      '-out',
      cert,
    ]);
    const pair = { key: await readFile(key), cert: await readFile(cert) };
    const { host, port } = database.endpoint;
    const wrap = (client: Socket): void => {
      client.once('data', () => {
        client.write('S');
        const secure = new TLSSocket(client, { isServer: true, ...pair });
        const upstream = connectTcp({ host, port });
        secure.pipe(upstream).pipe(secure);
        secure.on('error', () => upstream.destroy());
      });
    };
    const server = createServer(wrap).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const tls = { port: (server.address() as { port: number }).port, ssl: { rejectUnauthorized: false } };
    await withApp(
      async (app, lost) => {
        const all = statement(`SELECT n, repeat('x', 100000) AS long FROM generate_series(1, 20) AS n`);
        for (let time = 0; time < 2; time++) {
          expect(await run(app, [all, []])).toBeUndefined();
          expect(app.firstRow).toEqual(['1', 'x'.repeat(100_000)]);
        }
        await setup.query('SELECT pg_terminate_backend($1)', [app.pid]);
        expect(await until(() => app.lost)).toBe(true);
        expect(lost()).toBe(1);
      },
      { ...database.endpoint, ...tls, socketDir: undefined },
    );
    server.close();
  });
});
