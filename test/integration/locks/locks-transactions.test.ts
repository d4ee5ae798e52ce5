import { beforeEach, describe, expect, it } from 'vitest';
import { readLocks } from '../../../scripts/artifacts/sightings.ts';
import type { StatementRecord } from '../../../scripts/artifacts/records/records.ts';
import type { SqlStep } from '../../../scripts/plan/model.ts';
import { runSqlStep } from '../../../scripts/replay/steps/sql-step.ts';
import { useReplayBench } from '../../support/replay/replay-bench.ts';

const bench = useReplayBench();

function sqlStep(text: string, extra: Partial<SqlStep> = {}): SqlStep {
  return {
    name: 'step',
    phase: 'expand',
    retries: 0,
    retryPauseMs: 50,
    pointOfNoReturn: false,
    kind: 'sql',
    files: [{ file: 'sql/step.sql', text }],
    transaction: 'as-written',
    ...extra,
  };
}

async function run(text: string, extra: Partial<SqlStep> = {}): Promise<StatementRecord[]> {
  await runSqlStep(sqlStep(text, extra), bench().context, () => undefined);
  return statements();
}

async function statements(): Promise<StatementRecord[]> {
  await bench().context.steps.close();
  const records = (await bench().folder.read('steps')) ?? [];
  return records.filter((record) => record.type === 'statement');
}

const strong = ({ newLocks }: StatementRecord): string[] =>
  newLocks
    .filter(({ mode }) => mode !== 'AccessShareLock')
    .map(({ relation, mode }) => `${relation} ${mode}`)
    .sort();
const ORDERS = 'public.orders AccessExclusiveLock';

describe('savepoints', () => {
  it('free at ROLLBACK TO what was locked since, and a lock taken again is a new one', async () => {
    const [first, second, , again] = await run(`begin;
      lock table items in share mode;
      savepoint a;
      alter table orders add column extra int;
      rollback to a;
      select pg_sleep(0.2);
      alter table orders add column other int;
      commit;`);
    if (!first || !second || !again) throw new Error('too few statements');
    expect([first, second, again].map(strong)).toEqual([['public.items ShareLock'], [ORDERS], [ORDERS]]);
    expect(again.releasedMs - second.releasedMs).toBeGreaterThan(190);
    expect(first.releasedMs).toBe(again.releasedMs);
    expect(second.releasedMs - second.sentMs).toBeLessThan(150);
  });

  it('keep after RELEASE what was locked since, also in nested ones of the same name', async () => {
    const records = await run(`begin;
      savepoint a; lock table items;
      savepoint a; alter table orders add column extra int; release a;
      select pg_sleep(0.1);
      rollback to savepoint a; release savepoint a;
      select pg_sleep(0.1);
      commit;`);
    const [items, orders, sleep] = records;
    if (!items || !orders || !sleep) throw new Error('too few statements');
    expect(orders.releasedMs).toBe(items.releasedMs);
    expect(orders.releasedMs).toBeGreaterThanOrEqual(sleep.respondedMs);
    expect((records.at(-1)?.releasedMs ?? 0) - orders.releasedMs).toBeGreaterThan(90);
  });

  it('undo a rewrite, so that the next one is told as one as well', async () => {
    const records =
      await run(`begin; savepoint a; alter table orders alter column id type bigint; rollback to a;
      alter table orders add column c int; commit; alter table orders alter column id type bigint;`);
    expect(records.map(({ rewrote }) => rewrote.includes('public.orders'))).toEqual([true, false, true]);
  });
});

describe('a transaction of many statements', () => {
  it('tells of each what it took, and what became of what was locked before', async () => {
    const records = await run(`begin;
      lock table orders, items;
      alter table orders alter column id type bigint;
      insert into items (order_id) select 1 from generate_series(1, 3000);
      select count(*) from items;
      alter table items add column c int;
      commit;`);
    expect(records.map(({ locks, heldWith }) => [locks, heldWith])).toEqual([
      [undefined, undefined],
      [undefined, 1],
      [undefined, 2],
      [undefined, 3],
      [undefined, 4],
    ]);
    expect(strong(records[0] as StatementRecord)).toEqual(['public.items AccessExclusiveLock', ORDERS]);
    expect(records.slice(1).map(({ rewrote }) => rewrote)).toEqual([['public.orders'], [], [], []]);
    expect(records[2]?.sizeChangeBytes).toBeGreaterThan(100_000);
    expect(records[3]?.scanned).toEqual([{ relation: 'public.items', rows: expect.any(Number) as number }]);
    expect(records[4]).toMatchObject({ newLocks: [], sizeChangeBytes: 0 });
  });
});

describe('the end of a transaction', () => {
  it('is ROLLBACK as well: the locks were held until then', async () => {
    const [lock] = await run('begin; lock table orders; select pg_sleep(0.1); rollback;');
    expect(lock && strong(lock)).toEqual([ORDERS]);
    expect((lock?.releasedMs ?? 0) - (lock?.sentMs ?? 0)).toBeGreaterThan(95);
  });

  it('is a failing statement, which frees all locks at once', async () => {
    const step = sqlStep(
      'begin; lock table items; alter table orders add constraint c check (pg_sleep(0.00002) is null and id < 0); commit;',
    );
    await expect(runSqlStep(step, bench().context, () => undefined)).rejects.toThrow('violated');
    const [lock, failed] = await statements();
    expect(failed).toMatchObject({ capture: 'outside', error: { sqlstate: '23514' } });
    expect(lock?.releasedMs).toBe(failed?.respondedMs);
  });

  it('after a long statement that fails leaves the locks that were seen from outside', async () => {
    const slow = `create function slow(int) returns bool language plpgsql as
      'begin perform pg_sleep(case when $1 = 1 then 0.4 else 0 end); return $1 < 20000; end'`;
    await bench().setup.query(`drop function if exists slow(int); ${slow}`);
    const step = sqlStep('alter table orders add constraint c check (slow(id))');
    await expect(runSqlStep(step, bench().context, () => undefined)).rejects.toThrow('violated');
    await bench().close();
    const seen = ((await readLocks(bench().folder)) ?? []).filter(
      ({ relation }) => relation === 'public.orders',
    );
    expect(new Set(seen.map(({ mode }) => mode))).toEqual(new Set(['AccessExclusiveLock']));
    expect((seen.at(-1)?.lastMs ?? 0) - (seen[0]?.tMs ?? 0)).toBeGreaterThan(250);
  });

  it('is also one AND CHAIN, after which the next is open with the same characteristics', async () => {
    const records = await run(`begin isolation level serializable;
      lock table orders; commit and chain;
      set local statement_timeout = '1h';
      create table shown as select current_setting('transaction_isolation') as level;
      lock table items; rollback and chain;
      create table shown as select current_setting('transaction_isolation') as level;
      commit;
      select 1;`);
    expect(records.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(records.map(({ releasedMs }) => releasedMs)).size).toBe(4);
    const { rows } = await bench().setup.query('select level from shown');
    await bench().setup.query('drop table shown');
    expect(rows).toEqual([{ level: 'serializable' }]);
  });

  it('lets a chained transaction be tried again from its beginning', async () => {
    await bench().setup.query(`drop sequence if exists tries; create sequence tries`);
    const fails = `do $$ begin if nextval('tries') < 3 then raise sqlstate '40001'; end if; end $$`;
    const records = await run(
      `begin; lock table orders; commit and chain; create table made (); ${fails}; commit;`,
      {
        retries: 5,
      },
    );
    expect(records.map(({ index, attempt }) => `${index}.${attempt}`)).toEqual([
      '1.1',
      '2.1',
      '3.1',
      '2.2',
      '3.2',
      '2.3',
      '3.3',
    ]);
    const { rows } = await bench().setup.query("select to_regclass('made') is not null as made");
    await bench().setup.query('drop table made');
    expect(rows).toEqual([{ made: true }]);
  });
});

describe('SET in a transaction', () => {
  it('keeps its place before the first query, and locks nothing', async () => {
    const [set, isolation] = await run(
      `begin; set local lock_timeout = '1s'; set transaction isolation level serializable; select 1; commit;`,
    );
    expect([set, isolation].map((record) => record && [record.capture, record.newLocks])).toEqual([
      ['transaction', []],
      ['transaction', []],
    ]);
  });
});

describe('what runs outside a transaction of ours', () => {
  beforeEach(async () => {
    await bench().setup.query(`create or replace procedure slow_change() language plpgsql as $$
      begin
        lock table orders in share mode; perform pg_sleep(0.1); commit;
        lock table items in exclusive mode; perform pg_sleep(0.1); commit;
      end $$`);
  });

  it.each([
    ['a procedure with COMMIT', 'call slow_change()'],
    [
      'a DO block with COMMIT',
      'do $$ begin lock orders in share mode; perform pg_sleep(.1); commit; lock items in exclusive mode; perform pg_sleep(.1); end $$',
    ],
  ])('is seen from outside: %s', async (_, sql) => {
    const [record] = await run(sql);
    expect(record).toMatchObject({ capture: 'outside', error: null });
    await bench().close();
    const seen = (await readLocks(bench().folder)) ?? [];
    expect(new Set(seen.map(({ relation, mode }) => `${relation} ${mode}`))).toEqual(
      new Set(['public.orders ShareLock', 'public.items ExclusiveLock']),
    );
  });

  it('but a DO block without COMMIT tells its locks exactly', async () => {
    const [record] = await run(
      `do $$ begin execute 'lock orders in share mode; lock items in exclusive mode'; end $$`,
    );
    expect(record?.capture).toBe('transaction');
    expect(record && strong(record)).toEqual(['public.items ExclusiveLock', 'public.orders ShareLock']);
  });
});
