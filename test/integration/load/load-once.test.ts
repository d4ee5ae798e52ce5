import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runScriptOnce } from '../../../scripts/load/run-once.ts';
import { loadSamples } from '../../../scripts/load/traffic/samples.ts';
import { closeQuietly, connect, withConnection, type PgClient } from '../../../scripts/pg/client.ts';
import { InputError } from '../../../scripts/shared/errors.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { scriptOf } from './load-harness.ts';

let database: TestDatabase;
let client: PgClient;
beforeAll(async () => {
  database = await startTestDatabase();
  client = await connect(database.endpoint, 'compatibility');
});
afterAll(async () => {
  await closeQuietly(client);
  await database.stop();
});

describe('loadSamples', () => {
  beforeAll(async () => {
    await client.query(`
      CREATE SCHEMA shop;
      CREATE TABLE shop.orders (id bigint, customer int, note text, empty int) WITH (autovacuum_enabled = off);
      -- Customer 1 has half of the orders.
      INSERT INTO shop.orders SELECT n, CASE WHEN n % 2 = 0 THEN 1 ELSE n END, repeat('x', 200), NULL
        FROM generate_series(1, 400000) AS n;
      CREATE TABLE "Odd ""name" ("The Id" text);
      INSERT INTO "Odd ""name" VALUES ('a'), ('b'), (NULL);
      CREATE TABLE nothing (id int);
      CREATE VIEW shop.recent AS SELECT * FROM shop.orders WHERE id > 399000;
      CREATE TABLE part (id int) PARTITION BY RANGE (id);
      CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (100);
      INSERT INTO part SELECT generate_series(0, 99)`);
  });

  it('draws rows of tables, views and partitions, with the skew of the column', async () => {
    const script = scriptOf(
      'a',
      `-- rehearse: sample c from shop.orders.customer, o from "Odd ""name"."The Id"
       -- rehearse: sample r from shop.recent.id, p from part.id
       select 1;`,
    );
    const pools = await loadSamples(client, [script, script], 1);
    const [customers = [], odd, recent = [], parts = []] = [...pools.values()];
    expect(pools.size).toBe(4);
    expect(customers.length).toBe(10_000);
    expect(customers.filter((customer) => customer === '1').length / 10_000).toBeCloseTo(0.5, 1);
    // From all over the table, not from its beginning.
    expect(Math.max(...customers.map(Number))).toBeGreaterThan(390_000);
    expect(odd?.toSorted()).toEqual(['a', 'b']);
    expect(recent.map(Number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 1000 }, (_, n) => 399_001 + n),
    );
    expect(parts.length).toBe(100);
  });

  it('repeats itself for the same seed', async () => {
    const script = scriptOf('a', '-- rehearse: sample id from shop.orders.id\nselect 1;');
    const draw = async (seed: number): Promise<readonly string[]> =>
      [...(await loadSamples(client, [script], seed)).values()].flat();
    const first = await draw(1);
    expect(await draw(1)).toEqual(first);
    expect(await draw(2)).not.toEqual(first);
  });

  it('reports every column that is missing or empty, with script and line', async () => {
    const scripts = [
      scriptOf(
        'a',
        '-- rehearse: sample x from nowhere.id\n-- rehearse: sample y from nothing.id\nselect 1;',
      ),
      scriptOf('b', '-- rehearse: sample z from shop.orders.colour, e from shop.orders.empty\nselect 1;'),
    ];
    const error: unknown = await loadSamples(client, scripts, 1).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).mistakes).toEqual([
      {
        file: 'a.sql',
        line: 1,
        key: '',
        message: 'cannot sample x from nowhere.id: there is no table nowhere',
      },
      { file: 'a.sql', line: 2, key: '', message: 'cannot sample y from nothing.id: it holds no value' },
      {
        file: 'b.sql',
        line: 1,
        key: '',
        message: 'cannot sample z from shop.orders.colour: the table has no column colour',
      },
      {
        file: 'b.sql',
        line: 1,
        key: '',
        message: 'cannot sample e from shop.orders.empty: it holds no value',
      },
    ]);
  });
});

describe('runScriptOnce', () => {
  beforeEach(async () => {
    await client.query(`
      DROP TABLE IF EXISTS line, item CASCADE;
      CREATE TABLE item (id int PRIMARY KEY, price int NOT NULL);
      CREATE TABLE line (item int REFERENCES item DEFERRABLE INITIALLY DEFERRED);
      INSERT INTO item SELECT n, n FROM generate_series(1, 100) AS n`);
  });

  const once = (
    text: string,
    limits?: Parameters<typeof runScriptOnce>[4],
  ): ReturnType<typeof runScriptOnce> => runScriptOnce(client, scriptOf('once', text), new Map(), 1, limits);
  const LIMITS = { lockTimeoutMs: 100, statementTimeoutMs: 400 };

  it('tells the tables that it used, also behind views, triggers, foreign keys and branches that did not run', async () => {
    await client.query(`
      DROP TABLE IF EXISTS log, branch, days CASCADE;
      CREATE TABLE log (what text);
      CREATE TABLE branch (id int);
      CREATE TABLE days (day date) PARTITION BY RANGE (day);
      CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
      CREATE VIEW cheap AS SELECT * FROM item WHERE price < 10;
      CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO log VALUES ('x'); RETURN new; END $$;
      CREATE TRIGGER note AFTER INSERT ON line FOR EACH ROW EXECUTE FUNCTION note()`);
    const uses = async (text: string): Promise<unknown> => {
      const outcome = await once(text);
      return outcome.ok
        ? outcome.uses?.map(({ relation, mode, isMaybe }) => `${relation} ${mode}${isMaybe ? '?' : ''}`)
        : outcome;
    };
    expect(await uses('SELECT count(*) FROM cheap; SELECT 1 FROM days_1;')).toEqual([
      'public.days AccessShareLock',
      'public.item AccessShareLock',
    ]);
    expect(await uses('BEGIN; INSERT INTO line VALUES (1); COMMIT;')).toEqual([
      'public.item RowShareLock',
      'public.line RowExclusiveLock',
      'public.log RowExclusiveLock',
    ]);
    const branches = '\\if :client_id = 0\nSELECT 1;\n\\else\nDELETE FROM branch;\n\\endif';
    expect(await uses(branches)).toEqual(['public.branch RowExclusiveLock?']);
  });

  it('runs all statements and keeps nothing of them', async () => {
    const before = await client.query('SELECT * FROM item ORDER BY id');
    const outcome = await once(String.raw`
      \set id random(1, 100)
      BEGIN ISOLATION LEVEL SERIALIZABLE;
      UPDATE item SET price = price + 1 WHERE id = :id;
      COMMIT;
      SELECT price FROM item WHERE id = :id \gset
      \if :price = :id + 1
      INSERT INTO item VALUES (1000, :price);
      \else
      SELECT 1 / 0;
      \endif
      SELECT pg_advisory_lock(1);
      PREPARE plan AS SELECT 1;
      SET work_mem = '1MB';`);
    expect(outcome).toMatchObject({ ok: true });
    expect((await client.query('SELECT * FROM item ORDER BY id')).rows).toEqual(before.rows);
    const { rows } = await client.query(`
      SELECT (SELECT count(*)::int FROM pg_prepared_statements) AS prepared,
             (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory') AS locks,
             current_setting('work_mem') = '1MB' AS set, current_setting('lock_timeout') AS "lockTimeout"`);
    expect(rows).toEqual([{ prepared: 0, locks: 0, set: false, lockTimeout: '0' }]);
    expect(client.getTransactionStatus()).toBe('I');
  });

  it('says what PostgreSQL said, without row values, and leaves the session usable', async () => {
    expect(await once('SELECT 1; SELECT cost FROM item;')).toEqual({
      ok: false,
      error: { sqlstate: '42703', message: 'column "cost" does not exist', position: 8 },
      tries: 1,
    });
    expect(await once(`SELECT 'secret'::text::int;`)).toEqual({
      ok: false,
      error: { sqlstate: '22P02', message: 'invalid input syntax for type integer: "…"' },
      tries: 4,
    });
    expect(await once(String.raw`SELECT id FROM item WHERE id = 0 \gset`)).toEqual({
      ok: false,
      error: { sqlstate: 'P0002', message: String.raw`the statement before \gset returned no row` },
      tries: 4,
    });
    expect(await once('SELECT 1;')).toMatchObject({ ok: true });
  });

  it.each([
    ['a procedure that commits', 'call books();'],
    ['a maintenance command', 'vacuum booked;'],
    [
      'a cursor in each of two transactions',
      'begin;\ndeclare c cursor for select 1;\nfetch c;\ncommit;\nbegin;\ndeclare c cursor for select 1;\nfetch c;\ncommit;',
    ],
    [
      'another role in each of two transactions',
      'begin;\nset local role booker_a;\nselect 1;\ncommit;\nbegin;\nset local role booker_b;\nselect * from booked_b;\ncommit;',
    ],
  ])('runs a script with transactions of its own as the app does: %s', async (_, text) => {
    await client.query(`
      drop table if exists booked, booked_b; create table booked (id int); create table booked_b (id int);
      do $$ begin create role booker_a; create role booker_b; exception when duplicate_object then null; end $$;
      grant select on booked_b to booker_b;
      create or replace procedure books() language plpgsql as $$ begin insert into booked values (1); commit; end $$`);
    expect(await once(text)).toMatchObject({ ok: true });
    const { rows } = await client.query(
      "select current_user = session_user as own, current_setting('lock_timeout') as lock",
    );
    expect(rows).toEqual([{ own: true, lock: '0' }]);
  });

  it('checks deferred constraints, which the app would meet at COMMIT', async () => {
    expect(await once('BEGIN; INSERT INTO line VALUES (5); COMMIT;')).toMatchObject({ ok: true });
    expect(await once('BEGIN; INSERT INTO line VALUES (500); COMMIT;')).toMatchObject({
      error: { sqlstate: '23503' },
    });
    expect(await once('BEGIN; INSERT INTO line VALUES (500); ROLLBACK;')).toMatchObject({ ok: true });
  });

  it('does not wait longer than it may', async () => {
    expect(await once('SELECT pg_sleep(5);', LIMITS)).toMatchObject({ error: { sqlstate: '57014' } });
    await withConnection(database.endpoint, 'setup', async (other) => {
      await other.query('BEGIN; LOCK TABLE item');
      expect(await once('SELECT * FROM item;', LIMITS)).toMatchObject({ error: { sqlstate: '55P03' } });
      await other.query('ROLLBACK');
    });
  });

  it('lives under the statement_timeout of the app where that is shorter, and still sees which tables are used', async () => {
    await client.query("set statement_timeout = '60ms'");
    expect(await once('SELECT pg_sleep(0.3);')).toMatchObject({ error: { sqlstate: '57014' }, tries: 4 });
    expect(await once('SELECT * FROM item;')).toMatchObject({
      ok: true,
      uses: [{ relation: 'public.item' }],
    });
    await client.query("set statement_timeout = '1h'");
    expect(await once('SELECT pg_sleep(5);', LIMITS)).toMatchObject({
      error: { sqlstate: '57014' },
      tries: 1,
    });
    await client.query('reset statement_timeout');
  });

  it('tries again after a serialization failure, with other random values', async () => {
    const fails = (below: number): string => String.raw`
      \set n random(1, 1000000)
      SELECT nextval('tries') AS try \gset
      SELECT set_config('test.drawn', current_setting('test.drawn', true) || ' ' || :n, false);
      DO $$ BEGIN IF currval('tries') < ${below} THEN RAISE SQLSTATE '40001'; END IF; END $$;`;
    await client.query('CREATE SEQUENCE tries');
    expect(await once(fails(4))).toMatchObject({ ok: true });
    expect((await client.query(`SELECT currval('tries')::int AS tries`)).rows).toEqual([{ tries: 4 }]);
    expect(await once(fails(100))).toMatchObject({ error: { sqlstate: '40001' } });
    expect((await client.query(`SELECT currval('tries')::int AS tries`)).rows).toEqual([{ tries: 8 }]);
  });
});
