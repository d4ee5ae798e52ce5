import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withConnection } from '../../../scripts/pg/client.ts';
import { Restorer, TABLE } from './snapshot-restorer.ts';

describe('restoring what is not as it should be', () => {
  let on: Restorer;

  beforeAll(async () => {
    on = await Restorer.start();
  });
  afterAll(() => on.stop());
  afterEach(async () => {
    expect(await on.sessions()).toBe(0);
  });

  it('names the path of a missing snapshot', async () => {
    const path = join(on.folder, 'missing.sql');
    for (const kind of ['file', 'generator'] as const) {
      expect(await on.failure(on.restore({ kind, path }))).toMatchObject({
        code: 'SNAPSHOT_NOT_FOUND',
        message: `the snapshot ${path} does not exist`,
      });
    }
  });

  it.each([
    ['an empty file', '', 'shop.sql is not SQL: it is empty'],
    ['a web page', '<!DOCTYPE html><html><body>404</body></html>', 'shop.sql is not SQL: it is an HTML page'],
    ['a compressed web page', gzipSync('<html></html>'), 'shop.sql is not SQL: it is an HTML page'],
    [
      'garbage',
      Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3]),
      'shop.sql is not SQL: it holds binary data',
    ],
    [
      'another dialect',
      '/*!40101 SET NAMES utf8 */;\nDROP TABLE IF EXISTS `orders`;\n',
      'shop.sql is not SQL of PostgreSQL: shop.sql line 2, DROP TABLE IF EXISTS: syntax error at or near "`" (42601)',
    ],
    ['a dump without tables', 'create sequence a;', 'shop.sql held no tables'],
    [
      'a transaction that is not committed',
      `begin; ${TABLE}`,
      'shop.sql ends inside a transaction: COMMIT is missing',
    ],
    [
      'a cut COPY',
      `${TABLE}COPY public.orders (id, name) FROM stdin;\n1\tAda Lovelace\n`,
      'shop.sql ends in the middle of COPY public.orders (line 2): the file is truncated',
    ],
    [
      'several databases',
      `\\connect shop\n${TABLE}\\connect crm\n`,
      'shop.sql holds more than one database: shop, crm',
    ],
    [
      'a command of psql',
      `${TABLE}\\i other.sql\n`,
      'shop.sql line 2: \\i is a command of psql that only psql can run',
    ],
  ])('refuses %s', async (_, content, message) => {
    expect(await on.sqlFailure(content)).toMatchObject({ code: 'SNAPSHOT_INVALID', message });
  });

  it('calls a gzip file that breaks off in the middle of COPY truncated', async () => {
    const rows = Array.from({ length: 200_000 }, (_, id) => `${id}\t${Math.random()}\n`).join('');
    const whole = gzipSync(`${TABLE}COPY public.orders (id, name) FROM stdin;\n${rows}\\.\n`);
    expect(await on.sqlFailure(whole.subarray(0, whole.length - 1000))).toMatchObject({
      code: 'SNAPSHOT_INVALID',
      message: 'shop.sql ends in the middle of its gzip stream: the file is truncated',
    });
  });

  it('names object and line of a statement that fails', async () => {
    const comment = '--\n-- Name: order_names; Type: VIEW; Schema: public; Owner: shop\n--\n\n';
    expect(
      await on.sqlFailure(`${TABLE}${comment}create view order_names as\n  select\n  nme from orders;\n`),
    ).toMatchObject({
      code: 'RESTORE_FAILED',
      message: 'shop.sql line 8, VIEW public.order_names: column "nme" does not exist (42703)',
    });
    expect(
      await on.sqlFailure(
        `${TABLE}insert into orders values (1, 'a');\ninsert into orders values ('Lovelace', 'b');`,
      ),
    ).toMatchObject({
      code: 'RESTORE_FAILED',
      message: 'shop.sql line 3, insert into orders: invalid input syntax for type integer: "…" (22P02)',
    });
  });

  it('names table and line of a row that COPY refuses, and none of its values', async () => {
    const copy = 'COPY public.orders\n  (id, name) FROM stdin;\n';
    expect(await on.sqlFailure(`${TABLE}${copy}1\tAda\nLovelace\tAda\n\\.\n`)).toMatchObject({
      code: 'RESTORE_FAILED',
      message: 'shop.sql line 5, COPY public.orders: invalid input syntax for type integer: "…" (22P02)',
    });
    expect(await on.sqlFailure(`${TABLE}${copy}1\tAda\n1\tLovelace\n\\.\n`)).toMatchObject({
      message:
        'shop.sql line 5, COPY public.orders: duplicate key value violates unique constraint "orders_pkey" (23505)',
    });
    expect(await on.sqlFailure(`${TABLE}COPY public.order FROM stdin;\n1\tAda\n\\.\n`)).toMatchObject({
      message: 'shop.sql line 2, COPY public.order: relation "public.order" does not exist (42P01)',
    });
  });

  it('goes on without an extension that the server lacks, and names it when something needs it', async () => {
    const extension =
      'CREATE EXTENSION IF NOT EXISTS "post gis" WITH SCHEMA public;\nCOMMENT ON EXTENSION "post gis" IS \'maps; and more\';\n';
    const record = await on.restore(await on.file(`${extension}${TABLE}`));
    expect(record.warnings).toEqual([
      'The extension post gis of the snapshot is not available on this server and was left out.',
    ]);
    expect(record.extensions).toEqual(['plpgsql']);
    expect(await on.sqlFailure(`${extension}create table a (place geometry);`)).toEqual({
      code: 'RESTORE_FAILED',
      message: 'shop.sql line 3, create table a: type "geometry" does not exist (42704)',
      hint: expect.stringContaining('This server lacks post gis') as string,
    });
  });

  it('goes on past settings of a newer PostgreSQL and what every database has', async () => {
    const sql = `SET future_timeout = 0;\nCREATE SCHEMA public;\nCREATE DATABASE shop;\nALTER DATABASE shop OWNER TO "Shop ""Owner""";\n\\connect shop\n${TABLE}ALTER TABLE orders OWNER TO "Shop ""Owner""";\nGRANT ALL ON DATABASE shop TO x;\nGRANT pg_future TO "Shop ""Owner""";\nGRANT pg_future TO postgres;`;
    expect((await on.restore(await on.file(sql))).warnings).toEqual([
      'Roles that the snapshot names were created without login: Shop "Owner".',
      'What concerns roles of another PostgreSQL was left out: pg_future.',
      'Settings that this PostgreSQL does not know were left out: future_timeout.',
      'Statements about the database as a whole were left out: CREATE DATABASE (line 3), ALTER DATABASE (line 4), GRANT ON DATABASE (line 8).',
    ]);
  });

  it('sends bytes of another encoding as they are', async () => {
    const sql = `SET client_encoding = 'LATIN1';\n${TABLE}insert into orders values (1, 'Zoë');\nCOPY orders FROM stdin;\n2\tZoë\n\\.\n`;
    const endpoint = await on.server.create('latin');
    await on.restore(await on.file(Buffer.from(sql, 'latin1')), { endpoint });
    const { rows } = await withConnection(endpoint, 'setup', (client) =>
      client.query('select name from orders'),
    );
    expect(rows).toEqual([{ name: 'Zoë' }, { name: 'Zoë' }]);
  });

  it('tells a full disk and a lost connection apart from mistakes in the dump', async () => {
    const raise = "do $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$;";
    expect(await on.sqlFailure(`${TABLE}${raise}`)).toMatchObject({ code: 'DISK_FULL' });
    expect(await on.sqlFailure(`${TABLE}select pg_terminate_backend(pg_backend_pid());`)).toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringContaining('shop.sql line 2, select pg_terminate_backend') as string,
    });
    expect(
      await on.failure(on.restore(await on.file(TABLE), { endpoint: { ...on.server.endpoint, port: 1 } })),
    ).toMatchObject({
      code: 'CONNECTION_FAILED',
    });
  });

  it('runs a generator of any SQL and hashes its text', async () => {
    const text = `do $_$ begin for i in 1..10 loop execute format('create table t%s (id int);', i); end loop; end $_$;
      insert into t1 select generate_series(1, 1000); analyze t1; begin; insert into t2 values (1); commit; insert into t2 values (2)`;
    const path = join(on.folder, 'generate.sql');
    await writeFile(path, text);
    const record = await on.restore({ kind: 'generator', path });
    expect(record).toMatchObject({
      kind: 'generator',
      takenAt: null,
      sourceBytes: text.length,
      warnings: [],
    });
    expect(record.tables.map(({ name, rows }) => `${name} ${rows}`).slice(0, 3)).toEqual([
      'public.t1 1000',
      'public.t10 0',
      'public.t2 2',
    ]);
  });
});
