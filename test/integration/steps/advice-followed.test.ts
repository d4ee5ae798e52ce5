import { parse } from 'yaml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { advise, loadAdvice } from '../../../scripts/checks/advice.ts';
import { analyse } from '../../../scripts/checks/analysis/analyse.ts';
import { evidence, statementRecord, stepWindow } from '../../../scripts/checks/evidence/evidence-fixture.ts';
import type { StatementRecord } from '../../../scripts/artifacts/records/records.ts';
import { repeatAdvice } from '../../../scripts/checks/of-interruption/repeat-advice.ts';
import { stops } from '../../../scripts/checks/stops/stops.ts';
import { withConnection, type PgClient } from '../../../scripts/pg/client.ts';
import { sqlstateOf } from '../../../scripts/pg/pg-error.ts';
import type { SqlStep } from '../../../scripts/plan/model.ts';
import { readRenamedTables } from '../../../scripts/snapshot/columns/renamed-tables.ts';
import { readRowKeys } from '../../../scripts/snapshot/text/row-keys.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';

/*
 * The batched DELETE that a report proposes is done on real tables of every kind, until it deletes nothing; what is gone then
 * must be what the author's own statement takes from the same rows. What is proposed for other statements is run line by line and
 * leaves the schema that the author's statement would have left.
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

const AGAIN = [
  'alter table t add column more int',
  'alter table t rename column "Größe" to size',
  'alter table t rename to u',
  'alter table t add constraint "Known" check (kind <> $$x$$) not valid',
  'alter table parts attach partition part for values in (1)',
  'alter table parts detach partition other',
  'create policy own on t using (true)',
  "create type state as enum ('open')",
  "alter type known add value 'late'",
  'create domain cents as bigint check (value >= 0)',
  'create type pair as (a int, b int)',
  'create role "New One"',
];

test('what is advised for a statement that is refused the second time does it once, and goes through again', async () => {
  const sql = `create table t (${COLUMNS}); create table parts (month int) partition by list (month); create type known as enum ('open');
    create table part (month int); create table other partition of parts for values in (2);`;
  await withTables(sql, async (client) => {
    for (const statement of AGAIN) {
      await client.query(`begin; ${statement}; savepoint done`);
      const sqlstate = (await client.query(statement).then(() => undefined, sqlstateOf)) ?? '';
      await client.query('rollback to done');
      const { insteadSql } = repeatAdvice({ sql: statement, sqlstate, leftovers: [] });
      await client.query(`${insteadSql ?? 'no SQL'}; rollback; begin; ${insteadSql ?? ''}`);
      await expect(client.query(statement)).rejects.toMatchObject({ code: sqlstate });
      await client.query('rollback');
    }
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

const BUSY = `create table t (id int not null, name text, amount int, "Größe" int); insert into t select i, 'n' || i, i, i from generate_series(1, 500) i;
  create table groups (id int primary key); insert into groups select generate_series(1, 500);
  create index by_name on t (name); create materialized view totals as select count(*) as n from t; create unique index on totals (n)`;

test.each([
  'alter table t add check (amount > 0)',
  'alter table t add constraint "has Name" check (name is not null) no inherit',
  'alter table t add foreign key ("Größe") references groups on delete set null deferrable',
  'alter table t add primary key (id)',
  'alter table t add constraint one unique nulls not distinct (name) include (amount) deferrable initially deferred',
  'alter table t alter column name set not null, alter "Größe" set not null, alter amount set default 7',
  'alter table t add column mail text unique',
  'alter table t add column if not exists mail text constraint "one Mail" unique deferrable initially deferred check (mail > 1::text)',
  'create unique index if not exists by_size on t ("Größe" desc) include (name) where amount > 2',
  'drop index by_name',
  'reindex (verbose) table t',
  'refresh materialized view totals',
])('what is advised for %s leaves the same schema', async (statement) => {
  await leavesTheSame(statement);
});

test.each([
  `alter table t add column token text not null default 'x' || random() constraint long check (length(token) > 3)`,
  'alter table t add column token uuid not null default gen_random_uuid() unique deferrable',
  'alter table t add column token uuid default gen_random_uuid() constraint own primary key',
])('so does what is advised for %s, which wrote the table anew', async (statement) => {
  await leavesTheSame(statement, { rewrote: ['public.t'] }, `${BUSY}; alter table t add unique (id)`);
});

test.each([
  ['to the same columns', 'grant select (id) on t to clerk with grant option'],
  [
    'to the same rows',
    'alter table t enable row level security; create policy half on t to clerk using (id % 2 = 0); grant select on t to clerk',
  ],
])('the view that is advised for a renamed table lets in who the table let in, %s', async (_, more) => {
  const tables = `do $$ begin if not exists (select from pg_roles where rolname = 'Boss') then create role "Boss"; create role clerk; end if; end $$;
    create table t (id int primary key, note text, "Größe" int); alter table t owner to "Boss"; insert into t select i, 'n', i from generate_series(1, 10) i;
    grant usage on schema public to public; grant insert, update (note, "Größe") on t to clerk; ${more}`;
  await withTables(tables, async (client) => {
    const right = await seenByClerk(client);
    const { insteadSql } = await adviceFor(client, 'alter table t rename to u');
    await client.query(insteadSql ?? '');
    expect(await seenByClerk(client)).toEqual(right);
    expect(right).toContain(more.includes('policy') ? 'select id from t: 5' : 'select note from t: 42501');
  });
});

/** How many rows each statement reaches, or its SQLSTATE; and whose `t` is. */
async function seenByClerk(client: PgClient): Promise<string[]> {
  const seen: string[] = [];
  for (const sql of [
    'select id from t',
    'select note from t',
    `update t set note = 'm', "Größe" = 1`,
    'update t set id = 1',
    "insert into t values (12, 'n')",
    'delete from t',
  ]) {
    await client.query('begin; set local row_security = on; set local role clerk');
    const told = await client.query(sql).then(
      ({ rowCount }) => String(rowCount),
      (error: unknown) => (error as { code: string }).code,
    );
    seen.push(`${sql}: ${told}`);
    await client.query('rollback');
  }
  const { rows } = await client.query<{ owner: string }>(
    `select relowner::regrole::text as owner from pg_class where oid = 't'::regclass`,
  );
  return [...seen, ...rows.map(({ owner }) => owner)];
}

async function leavesTheSame(
  statement: string,
  rest: Partial<StatementRecord> = {},
  tables = BUSY,
): Promise<void> {
  let right: unknown;
  await withTables(tables, async (client) => {
    await client.query(statement);
    right = await schemaOf(client);
  });
  await withTables(tables, async (client) => {
    const { insteadSql } = await adviceFor(client, statement, rest);
    for (const line of (insteadSql ?? '').split('\n')) await client.query(followed(line));
    expect(await schemaOf(client)).toEqual(right);
  });
}

/** A backfill step as the one UPDATE that it stands for. */
function followed(line: string): string {
  const [, step] = /^-- .*backfill: (\{.*\})$/.exec(line) ?? [];
  if (step === undefined) return line;
  const { table, key, set, where } = parse(step) as Record<string, string>;
  return `select ${key} from ${table}; update ${table} set ${set} where ${where}`;
}

async function schemaOf(client: PgClient): Promise<unknown> {
  const { rows } = await client.query<{ what: string }>(`
    select a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') as what
      from pg_attribute a left join pg_attrdef d on (d.adrelid, d.adnum) = (a.attrelid, a.attnum) where a.attrelid = 't'::regclass and a.attnum > 0
    union all select conname || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated from pg_constraint where conrelid = 't'::regclass
    union all select pg_get_indexdef(indexrelid) || ' ' || indisvalid || ' ' || indimmediate from pg_index where indrelid = 't'::regclass
    order by 1`);
  return rows.map(({ what }) => what);
}

async function withTables(sql: string, use: (client: PgClient) => Promise<void>): Promise<void> {
  await withConnection(database.endpoint, 'setup', async (client) => {
    await client.query(
      'drop schema if exists public cascade; drop foreign data wrapper if exists away cascade; create schema public',
    );
    await client.query(sql);
    await use(client);
  });
}

async function adviceFor(
  client: PgClient,
  sql: string,
  rest: Partial<StatementRecord> = {},
): Promise<{ insteadSql?: string | null }> {
  const parts = evidence();
  if (parts.snapshot === undefined) throw new TypeError('no snapshot');
  const locks = [{ relation: 'public.t', mode: 'RowExclusiveLock', existedBefore: true }];
  const record = statementRecord({
    sql,
    sentMs: 5000,
    respondedMs: 6000,
    rows: 20_000,
    locks,
    newLocks: locks,
    ...rest,
  });
  const analysis = analyse({
    ...parts,
    snapshot: {
      ...parts.snapshot,
      keys: await readRowKeys(client),
      renamed: await readRenamedTables(client, { plan: [sqlStep(sql)] }),
    },
    steps: [...stepWindow('alter', 4900, 6100), record],
  });
  const [stop] = stops(analysis);
  return stop ? advise(stop, analysis, 'hold') : {};
}

function sqlStep(text: string): SqlStep {
  return {
    name: 'alter',
    phase: 'expand',
    kind: 'sql',
    files: [{ file: 'sql/step.sql', text }],
    transaction: 'as-written',
    retries: 0,
    retryPauseMs: 50,
    pointOfNoReturn: false,
  };
}

async function rowsOf(client: PgClient): Promise<unknown[]> {
  const { rows } = await client.query<{ row: string }>(
    'select tableoid::regclass || t::text as row from t order by 1',
  );
  return rows.map(({ row }) => row);
}
