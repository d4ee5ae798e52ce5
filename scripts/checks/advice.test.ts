import { parse } from 'libpg-query';
import { beforeAll, expect, test } from 'vitest';
import { advise, loadAdvice } from './advice.ts';
import { analyse } from './analysis/analyse.ts';
import { evidence, movedColumn, statementRecord, stepWindow } from './evidence/evidence-fixture.ts';
import { stops } from './stops/stops.ts';

beforeAll(loadAdvice);

function adviceFor(
  sql: string,
  rest: Parameters<typeof statementRecord>[0] = {},
): { effect?: string | null; advice?: string; insteadSql?: string | null } {
  const record = statementRecord({ sql, sentMs: 5000, respondedMs: 6000, ...rest });
  const parts = evidence({ steps: [...stepWindow('alter', 4900, 6100), record] });
  const snapshot = parts.snapshot && { ...parts.snapshot, moved: [movedColumn('fullName')] };
  const analysis = analyse({ ...parts, snapshot });
  const [stop] = stops(analysis);
  return stop ? advise(stop, analysis, 'hold') : {};
}

test('a table that moves to another schema leaves a view where it was', () => {
  const { insteadSql } = adviceFor('alter table app."Orders" set schema "Old stuff"');
  expect(insteadSql).toMatch(
    /^begin;\nalter table app\."Orders" set schema "Old stuff";\ncreate view app\."Orders" as select \* from "Old stuff"\."Orders";/,
  );
});

const rewrote = { rewrote: ['public.customers'] };
test.each([
  [
    'alter table customers add constraint adult check (age >= 18)',
    {},
    [
      'alter table customers add constraint adult check (age >= 18) not valid;',
      'alter table customers validate constraint adult;',
    ],
  ],
  [
    'ALTER TABLE app."Customers" ADD FOREIGN KEY ("Group", b) REFERENCES groups ON DELETE CASCADE;',
    {},
    [
      'alter table app."Customers" add constraint "Customers_Group_b_fkey" FOREIGN KEY ("Group", b) REFERENCES groups ON DELETE CASCADE not valid;',
      'alter table app."Customers" validate constraint "Customers_Group_b_fkey";',
    ],
  ],
  [
    'alter table customers add primary key (id)',
    {},
    [
      'create unique index concurrently customers_pkey on customers (id);',
      'alter table customers add constraint customers_pkey primary key using index customers_pkey;',
    ],
  ],
  [
    'alter table customers add constraint one_mail unique (mail, "Group")',
    {},
    [
      'create unique index concurrently one_mail on customers (mail, "Group");',
      'alter table customers add constraint one_mail unique using index one_mail;',
    ],
  ],
  [
    'create unique index by_mail on customers (lower(mail)) where mail is not null;',
    {},
    ['create unique index concurrently by_mail on customers (lower(mail)) where mail is not null;'],
  ],
  [
    'drop index if exists app.by_mail, "By_Name"',
    {},
    ['drop index concurrently if exists app.by_mail;', 'drop index concurrently if exists "By_Name";'],
  ],
  ['reindex (verbose) table customers', {}, ['reindex (verbose) table concurrently customers;']],
  ['refresh materialized view totals', {}, ['refresh materialized view concurrently totals;']],
  ['vacuum (full, analyze) customers', {}, ['vacuum (analyze) customers;']],
  [
    "alter table customers add column token text not null default 'x' || random() constraint long check (length(token) > 3)",
    rewrote,
    [
      'alter table customers add column token text;',
      "alter table customers alter column token set default 'x' || random();",
      `-- then a step of the plan: backfill: { table: customers, key: id, set: "token = 'x' || random()", where: "token is null" }`,
      'alter table customers add constraint long check (length(token) > 3) not valid;',
      'alter table customers validate constraint long;',
      'alter table customers add constraint customers_token_is_set check (token is not null) not valid;',
      'alter table customers validate constraint customers_token_is_set;',
      'alter table customers alter column token set not null;',
      'alter table customers drop constraint customers_token_is_set;',
    ],
  ],
  [
    'alter table customers add column mail text unique',
    {},
    [
      'alter table customers add column mail text;',
      'create unique index concurrently customers_mail_key on customers (mail);',
      'alter table customers add constraint customers_mail_key unique using index customers_mail_key;',
    ],
  ],
  [
    'alter table customers add constraint one unique nulls not distinct (mail) include (name) deferrable initially deferred',
    {},
    [
      'create unique index concurrently one on customers (mail) include (name) nulls not distinct;',
      'alter table customers add constraint one unique using index one deferrable initially deferred;',
    ],
  ],
  [
    'create index if not exists by_mail on customers (mail)',
    {},
    ['create index concurrently by_mail on customers (mail);'],
  ],
  [
    'alter table customers detach partition old_ones',
    {},
    ['alter table customers detach partition old_ones concurrently;'],
  ],
  [
    'alter table app.customers rename to clients',
    {},
    [
      'begin;',
      'alter table app.customers rename to clients;',
      'create view app.customers as select * from app.clients;',
      "-- grant on app.customers what the app's roles have on the table: a view begins without",
      '-- where the table has row level security: alter view app.customers set (security_invoker = true), or the view shows all rows',
      'commit;',
      '-- when no version uses the old name: drop view app.customers;',
    ],
  ],
  [
    'update customers set name = trim(name), seen = now()',
    { rows: 123_000 },
    [
      '-- as a step of the plan instead of SQL:',
      '-- backfill: { table: customers, key: id, set: "name = trim(name), seen = now()" }',
    ],
  ],
  [
    "delete from customers where seen < now() - interval '1 year'",
    { rows: 50_000 },
    [
      '-- repeat until it deletes nothing:',
      "delete from customers where id in (select id from customers where seen < now() - interval '1 year' limit 1000) and (seen < now() - interval '1 year');",
    ],
  ],
  [
    'DELETE FROM ONLY public."customers" AS c WHERE c.name IS DISTINCT FROM \'x\' -- only the others\n RETURNING c.id;',
    { rows: 50_000 },
    [
      '-- repeat until it deletes nothing:',
      'delete from ONLY public."customers" AS c where id in (select id from ONLY public."customers" AS c where c.name IS DISTINCT FROM \'x\' limit 1000) and (c.name IS DISTINCT FROM \'x\') returning c.id;',
    ],
  ],
  [
    "delete from customers where seen is null or name = 'x'",
    { rows: 50_000 },
    [
      '-- repeat until it deletes nothing:',
      "delete from customers where id in (select id from customers where seen is null or name = 'x' limit 1000) and (seen is null or name = 'x');",
    ],
  ],
  [
    'delete from customers',
    { rows: 50_000 },
    [
      '-- repeat until it deletes nothing:',
      'delete from customers where id in (select id from customers limit 1000);',
    ],
  ],
  [
    `update customers set name = '"' where name is distinct from E'\\\\'`,
    { rows: 50_000 },
    [
      '-- as a step of the plan instead of SQL:',
      String.raw`-- backfill: { table: customers, key: id, set: "name = '\"'", where: "name is distinct from E'\\\\'" }`,
    ],
  ],
])('instead of %s', async (sql, rest, instead) => {
  const { insteadSql } = adviceFor(sql, rest);
  expect(insteadSql?.split('\n')).toEqual(instead);
  await expect(parse(insteadSql ?? '')).resolves.toBeDefined();
});

const part = { relation: 'public.c_1', mode: 'ShareLock', existedBefore: true };
const locks = [{ ...part, partitionOf: 'public.customers' }];
test.each([
  ['an index of a partitioned table', 'create index on customers (name)', { locks }, 'ON ONLY the parent'],
  [
    'a foreign key of a partitioned table',
    'alter table customers add foreign key (a) references b',
    { locks },
    'Before PostgreSQL 18',
  ],
  [
    'a unique constraint of a partitioned table',
    'alter table customers add unique (id)',
    { locks },
    'ATTACH',
  ],
  [
    'an exclusion',
    'alter table customers add exclude using gist (slot with &&)',
    {},
    'neither CONCURRENTLY nor NOT VALID',
  ],
  [
    'a change of type',
    'alter table customers alter column id type bigint',
    rewrote,
    'ownership of its sequence',
  ],
  [
    'a constraint WITHOUT OVERLAPS',
    'alter table customers add unique (id, span without overlaps)',
    {},
    'can take over no index',
  ],
])('%s gets words and no SQL that would fail or lose something', (_, sql, rest, words) => {
  const { advice, insteadSql } = adviceFor(sql, rest);
  expect(insteadSql).toBeNull();
  expect(advice).toContain(words);
});

test('a renamed column is expanded and contracted, written both ways meanwhile', async () => {
  const { effect, advice, insteadSql } = adviceFor('alter table customers rename column name to "fullName"');
  expect(effect).toBe('After it no version of the app can find name any more.');
  expect(advice).toBe(
    'Expand and contract: add "fullName" beside name, write both, backfill, deploy what reads "fullName", and drop name last.',
  );
  expect(insteadSql).toContain(
    'if tg_op = \'INSERT\' then new."fullName" := coalesce(new."fullName", new.name);',
  );
  await expect(parse(insteadSql ?? '')).resolves.toBeDefined();
});

test.each([
  ['delete from customers where random() < 0.5', 'random()'],
  ['delete from customers where app.old(id)', 'old()'],
  ['delete from customers where id in (select id from customers order by seen limit 20000)', 'a subquery'],
  ['delete from customers where seen < (select avg(seen) from customers)', 'a subquery'],
  ['delete from customers a using customers b where a.name = b.name and a.id > b.id', 'other tables'],
  ['with old as (select 1) delete from customers where seen < now()', 'WITH'],
  ['update customers set name = o.name from others o where o.id = customers.id', 'other tables'],
  ['update customers set name = (select max(name) from customers)', 'a subquery'],
])('%s is not cut into batches by its condition: %s', (sql, why) => {
  const { advice, insteadSql } = adviceFor(sql, { rows: 50_000 });
  expect(insteadSql).toBeNull();
  expect(advice).toContain(`Write down the keys of its rows in a table first and go along that one`);
  expect(advice).toContain(`(${why})`);
});

test.each([
  'delete from strangers where seen < now()',
  'delete from app.customers where seen < now()',
  'update strangers set name = 1',
])('%s, of which no key is known, gets no SQL', (sql) => {
  const { advice, insteadSql } = adviceFor(sql, { rows: 50_000 });
  expect(insteadSql).toBeNull();
  expect(advice).toContain('unique and NOT NULL, to go along: add one first');
});

test.each([
  ['it sets the key', 'update customers set id = id + 1000000'],
  ['children are left out', 'update only customers set name = 1'],
  ['it has an alias', 'update customers c set name = c.name || 1'],
  ['its rows are returned', 'update customers set name = 1 returning id'],
])('an UPDATE is no backfill where %s', (_, sql) => {
  expect(adviceFor(sql, { rows: 50_000 })).toMatchObject({ insteadSql: null });
});

test('the effect tells how large the table was', () => {
  expect(adviceFor('create index on customers (name)').effect).toBe(
    'CREATE INDEX read all of customers (4.1 M rows) while it held SHARE, which stops every write.',
  );
});

test('LOCK TABLE is told for what it is, also when its transaction went on', () => {
  expect(adviceFor('lock table customers', { respondedMs: 5001, releasedMs: 7000 }).effect).toBe(
    'LOCK TABLE kept customers from everybody until its transaction ended.',
  );
});

test.each([
  'create index concurrently on customers (name)',
  'drop index concurrently by_name',
  'reindex index concurrently by_name',
  'alter table customers add constraint adult check (age >= 18) not valid',
  'alter table customers validate constraint adult',
  'alter table customers add constraint u unique using index by_mail',
  'alter table customers alter column name type varchar(200)',
  'alter table customers add column nick text',
  'vacuum customers',
  'select 1; select 2',
  'this is not SQL',
])('%s needs no advice', (sql) => {
  expect(adviceFor(sql)).toEqual({});
});
