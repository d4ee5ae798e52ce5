import { afterAll, beforeAll, expect, test } from 'vitest';
import { advise, loadAdvice } from '../../scripts/checks/advice.ts';
import { analyse } from '../../scripts/checks/analysis/analyse.ts';
import { evidence, statementRecord, stepWindow } from '../../scripts/checks/evidence/evidence-fixture.ts';
import { stops } from '../../scripts/checks/of-plan/stops.ts';
import { withConnection, type PgClient } from '../../scripts/pg/client.ts';
import { readRowKeys } from '../../scripts/snapshot/text/row-keys.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

/*
 * The batched DELETE that a report proposes is done on real tables of every kind, until it deletes nothing; what is gone then
 * must be what the author's own statement takes from the same rows.
 */

let database: TestDatabase;
beforeAll(async () => {
  await loadAdvice();
  database = await startTestDatabase();
});
afterAll(() => database.stop());

const COLUMNS = 'month int not null, id int not null, kind text, "Größe" int';
const SPAM = `select i % 2, i, case when i % 3 = 0 then 'spam' end, i % 7 from generate_series(1, 4000) i`;
const PARTITIONS = `create table p0 partition of t for values in (0); create table p1 partition of t for values in (1);`;
const CHILD = `create table child () inherits (t); insert into child select 3, id, 'spam', 1 from t where id < 2500;`;

const tables = {
  'a partitioned table': `create table t (${COLUMNS}, primary key (month, id)) partition by list (month); ${PARTITIONS} insert into t ${SPAM}`,
  'a partitioned table whose rows lie in places of the same number': `create table t (${COLUMNS}, primary key (month, id)) partition by list (month); ${PARTITIONS}
    insert into t select 0, i, 'spam', 1 from generate_series(1, 2500) i; insert into t select 1, i, 'keep', 1 from generate_series(1, 2500) i`,
  'a parent with children that repeat its keys': `create table t (${COLUMNS}, primary key (month, id)); insert into t ${SPAM}; ${CHILD}`,
  'a table with a unique index over a column that needs quotes': `create table t (${COLUMNS}); insert into t select month, id, kind, id from (${SPAM}) s (month, id, kind, g);
    alter table t alter "Größe" set not null; create unique index on t ("Größe")`,
} as const;

test.each(
  Object.entries(tables).flatMap(([what, sql]) =>
    [
      `delete from t where kind = 'spam'`,
      `delete from only t as r where r.kind is distinct from 'spam' or r.id < 100`,
      `delete from t where kind is null -- the others\n returning id`,
      `delete from t`,
    ].map((statement) => ({ what, sql, statement })),
  ),
)('what is advised for $statement on $what deletes the same rows', async ({ sql, statement }) => {
  await withTables(sql, async (client) => {
    const advised = await adviceFor(client, statement);
    expect(advised.insteadSql).toContain('limit 1000');
    await client.query(`begin; ${statement}`);
    const right = await rowsOf(client);
    await client.query('rollback');
    let batches = 0;
    while (((await client.query(advised.insteadSql ?? '')).rowCount ?? 0) > 0) batches += 1;
    expect(await rowsOf(client)).toEqual(right);
    expect(batches).toBeLessThan(10);
  });
});

const TABLE = `create table t (${COLUMNS}); insert into t ${SPAM};`;
test.each([
  ['a table without a key', TABLE, 'delete from t'],
  [
    'a unique index over a column that may be null',
    `${TABLE} create unique index on t (kind, id)`,
    'delete from t',
  ],
  ['a unique index over some rows', `${TABLE} create unique index on t (id) where id > 7`, 'delete from t'],
  ['a unique index of an expression', `${TABLE} create unique index on t ((id + 0))`, 'delete from t'],
  ['a key that can be deferred', `${TABLE} alter table t add unique (id) deferrable`, 'delete from t'],
  [
    'a view',
    `create table base (${COLUMNS}, primary key (id)); create view t as select * from base`,
    'delete from t',
  ],
  [
    'a foreign table',
    `create foreign data wrapper away; create server far foreign data wrapper away; create foreign table t (${COLUMNS}) server far`,
    'delete from t',
  ],
])('%s gets no batches', async (_, sql, statement) => {
  await withTables(sql, async (client) => {
    expect(await adviceFor(client, statement)).toMatchObject({ insteadSql: null });
  });
});

async function withTables(sql: string, use: (client: PgClient) => Promise<void>): Promise<void> {
  await withConnection(database.endpoint, 'setup', async (client) => {
    await client.query(
      'drop schema if exists public cascade; drop foreign data wrapper if exists away cascade; create schema public',
    );
    await client.query(sql);
    await use(client);
  });
}

async function adviceFor(client: PgClient, sql: string): Promise<{ insteadSql?: string | null }> {
  const parts = evidence();
  if (parts.snapshot === undefined) throw new TypeError('no snapshot');
  const locks = [{ relation: 'public.t', mode: 'RowExclusiveLock', existedBefore: true }];
  const record = statementRecord({
    ...{ sql, sentMs: 5000, respondedMs: 6000, rows: 20_000 },
    locks,
    newLocks: locks,
  });
  const analysis = analyse({
    ...parts,
    snapshot: { ...parts.snapshot, keys: await readRowKeys(client) },
    steps: [...stepWindow('alter', 4900, 6100), record],
  });
  const [stop] = stops(analysis);
  return stop ? advise(stop, analysis, 'hold') : {};
}

async function rowsOf(client: PgClient): Promise<unknown[]> {
  const { rows } = await client.query<{ row: string }>(
    'select tableoid::regclass || t::text as row from t order by 1',
  );
  return rows.map(({ row }) => row);
}
