import { describe, expect, it } from 'vitest';
import { readLocks } from '../../../scripts/artifacts/sightings.ts';
import type { StatementRecord } from '../../../scripts/artifacts/records/records.ts';
import type { SqlStep } from '../../../scripts/plan/model.ts';
import { playCommand } from '../../../scripts/replay/command/play-command.ts';
import { runSqlStep } from '../../../scripts/replay/steps/sql-step.ts';
import { asStranger } from '../../support/database/stranger.ts';
import { useReplayBench } from '../../support/replay/replay-bench.ts';

const bench = useReplayBench();
const BASE = { name: 'step', phase: 'expand', retries: 0, retryPauseMs: 50, pointOfNoReturn: false } as const;

async function run(text: string, extra: Partial<SqlStep> = {}): Promise<StatementRecord[]> {
  const files = [{ file: 'sql/step.sql', text }];
  const step: SqlStep = { ...BASE, kind: 'sql', files, transaction: 'as-written', ...extra };
  await runSqlStep(step, bench().context, () => undefined);
  await bench().context.steps.close();
  const records = (await bench().folder.read('steps')) ?? [];
  return records.filter((record) => record.type === 'statement');
}

const strong = (record: StatementRecord | undefined): string[] =>
  (record?.newLocks ?? [])
    .filter(({ mode, existedBefore }) => existedBefore && !/^(Access|Row)Share/.test(mode))
    .map(({ relation, mode }) => `${relation} ${mode}`)
    .sort();

async function outside(): Promise<Set<string>> {
  await bench().close();
  const seen = (await readLocks(bench().folder)) ?? [];
  return new Set(seen.map(({ relation, mode }) => `${relation} ${mode}`));
}

describe('the lock set of a statement', () => {
  it('names both tables of a foreign key, and every table that a trigger locks', async () => {
    await bench().setup.query(`create or replace function lock_items() returns trigger language plpgsql as
        'begin lock table items in exclusive mode; return new; end';
      create trigger t before update on orders for each row execute function lock_items()`);
    const [key, update] = await run(`alter table items add foreign key (order_id) references orders;
      update orders set label = 'x' where id = 1;`);
    expect(strong(key)).toEqual([
      'public.items ShareRowExclusiveLock',
      'public.orders ShareRowExclusiveLock',
    ]);
    expect(strong(update)).toEqual([
      'public.items ExclusiveLock',
      'public.orders RowExclusiveLock',
      'public.orders_pkey RowExclusiveLock',
    ]);
  });

  it('names hundreds of partitions, what they are a part of, and the lock slots that they take', async () => {
    await bench().setup.query(`drop table if exists log;
      create table log (day int primary key, t text) partition by range (day);
      do $$ begin for i in 1..300 loop
        execute format('create table log_%s partition of log for values from (%s) to (%s)', i, i, i + 1);
      end loop; end $$`);
    const [record] = await run('alter table log add column extra int');
    await bench().setup.query('drop table log');
    const parts = record?.newLocks.filter(({ partitionOf }) => partitionOf === 'public.log') ?? [];
    expect(parts.length).toBe(300);
    expect(new Set(parts.map(({ mode }) => mode))).toEqual(new Set(['AccessExclusiveLock']));
    expect(record?.lockSlots?.used).toBeGreaterThan(300);
    expect(record?.lockSlots?.perTransaction).toBeGreaterThanOrEqual(64);
    expect(record?.lockSlots?.total).toBeGreaterThan(1000);
  });

  it('leaves temporary tables of its own to itself', async () => {
    const [, fill] = await run(`create temp table mine as select 1 as a; truncate mine;
      insert into mine select id from orders limit 1; drop table mine`);
    expect(fill?.newLocks.some(({ relation }) => /^pg_temp_\d+\.mine$/.test(relation))).toBe(true);
    expect(strong(fill)).toEqual([]);
  });

  it('keeps the name of what is dropped or renamed in the transaction', async () => {
    const [rename, create, drop] = await run(`begin; alter table orders rename to orders_old;
      create table orders (id int); drop table orders_old cascade; commit;`);
    expect(strong(rename)).toEqual(['public.orders AccessExclusiveLock']);
    expect(strong(create)).toEqual([]);
    expect(strong(drop)).toEqual(['public.orders_pkey AccessExclusiveLock']);
  });

  it('is read whatever the search_path is', async () => {
    await bench().setup.query(
      'create schema if not exists trap; create or replace view trap.pg_locks as select 1 as pid',
    );
    const [, lock] = await run(`begin; set search_path = trap, public; lock table public.orders; commit;`);
    await bench().setup.query('drop schema trap cascade');
    expect(strong(lock)).toEqual(['public.orders AccessExclusiveLock']);
  });
});

describe('a role without rights on the views of locks', () => {
  const GRANTS = `do $$ begin create role meek; exception when duplicate_object then null; end $$;
    grant all on schema public to meek; alter table orders owner to meek; revoke select on pg_locks from public`;
  const BACK = 'grant select on pg_locks to public';

  it.each([
    ['SET ROLE', 'set role meek;', 'reset role;'],
    ['SET LOCAL ROLE', 'set local role meek;', ''],
    ['SET SESSION AUTHORIZATION', 'set session authorization meek;', 'reset session authorization;'],
    ['set_config', "select set_config('role', 'meek', true);", ''],
    ['a DO block', "do $$ begin execute 'set role meek'; end $$;", 'reset role;'],
  ])('is never asked, and watched from outside: %s', async (_, on, off) => {
    await bench().setup.query(GRANTS);
    try {
      const records = await run(
        `begin; ${on} alter table orders add column extra int; select pg_sleep(0.1); ${off} commit; select 1;`,
      );
      const alter = records.find(({ command }) => command === 'ALTER');
      expect(alter).toMatchObject({ capture: 'outside', error: null });
      expect(records.at(-1)?.capture).toBe('transaction');
      expect([...(await outside())]).toContain('public.orders AccessExclusiveLock');
    } finally {
      await bench().setup.query(BACK);
    }
  });

  it('does not spoil the plan when a function takes the role unseen', async () => {
    await bench().setup.query(`${GRANTS}; create or replace function hush() returns void language plpgsql as
      $$ begin perform set_config('ro' || 'le', 'meek', false); end $$`);
    try {
      const records =
        await run(`begin; select hush(); alter table orders add column extra int; select pg_sleep(0.1); commit;
        reset role; alter table orders drop column extra;`);
      expect(records.map(({ index, capture }) => `${index} ${capture}`)).toEqual([
        '1 outside',
        '2 outside',
        '3 outside',
        '4 transaction',
        '5 transaction',
      ]);
      expect([...(await outside())]).toContain('public.orders AccessExclusiveLock');
    } finally {
      await bench().setup.query(BACK);
    }
  });
});

describe('a command', () => {
  it('is found by its backends, however many and under whatever name, and not mistaken for those before it', async () => {
    const program = `
      import pg from '${new URL('../../../node_modules/pg/lib/index.js', import.meta.url).href}';
      const open = async (application_name) => { const c = new pg.Client({ connectionString: process.env.DATABASE_URL, application_name }); await c.connect(); return c; };
      const [a, b] = [await open('tool'), await open('pgbouncer')];
      await a.query('begin; lock table orders in share mode'); await b.query('begin; lock table items in exclusive mode');
      await new Promise((resolve) => setTimeout(resolve, 150));
      await a.query('commit'); await b.query('commit'); await a.end(); await b.end();`;
    await asStranger(bench().endpoint, 'report', async (before) => {
      await before.query(`begin; lock table orders in row share mode`);
      const quoted = program.replaceAll("'", `'\\''`);
      await playCommand(
        {
          ...BASE,
          kind: 'command',
          command: `${process.execPath} --input-type=module -e '${quoted}'`,
          timeoutMs: 20_000,
          touchesDatabase: true,
        },
        bench().context,
      );
      await before.query('commit');
    });
    expect(await outside()).toEqual(new Set(['public.orders ShareLock', 'public.items ExclusiveLock']));
    const pids = new Set(((await readLocks(bench().folder)) ?? []).map(({ pid }) => pid));
    expect(pids.size).toBe(2);
  });
});
