import { describe, expect, it } from 'vitest';
import type { InterruptionRecord } from '../../../scripts/artifacts/records/records.ts';
import type { BackfillStep, CommandStep, Cut, SqlStep } from '../../../scripts/plan/model.ts';
import type { StepContext } from '../../../scripts/replay/context.ts';
import { runBackfillStep } from '../../../scripts/replay/steps/backfill-step.ts';
import { runCommandStep } from '../../../scripts/replay/steps/command-step.ts';
import { runSqlStep } from '../../../scripts/replay/steps/sql-step.ts';
import { useReplayBench } from '../../support/replay/replay-bench.ts';
import { sqlStep } from '../../support/replay/replayed.ts';

const bench = useReplayBench();

async function cutOff(step: SqlStep | BackfillStep, seed: number): Promise<InterruptionRecord | undefined> {
  const { context, folder } = bench();
  const rehearsal = { ...context.rehearsal, load: { seed } } as StepContext['rehearsal'];
  const own = { ...context, rehearsal };
  const onAttempt = (): void => undefined;
  await (step.kind === 'sql' ? runSqlStep(step, own, onAttempt) : runBackfillStep(step, own, onAttempt));
  await context.steps.close();
  return (await folder.read('steps'))?.find((event) => event.type === 'interruption');
}

describe('a backfill that is cut off three times', () => {
  it.each<[Cut, string[]]>([
    ['session', ['id']],
    ['client', ['id']],
    ['session', ['state', 'id']],
    ['client', ['state', 'id']],
  ])('counts what is done twice as the table has it (%s, along %j)', async (cut, key) => {
    await bench().setup.query(
      'alter table orders add column done int not null default 0; create unique index on orders (state desc, id)',
    );
    const step: BackfillStep = {
      kind: 'backfill',
      name: 'count',
      phase: 'backfill',
      retries: 0,
      retryPauseMs: 50,
      pointOfNoReturn: false,
      table: 'orders',
      key,
      set: 'done = done + 1',
      batchTargetMs: 20,
      cut,
    };
    const record = await cutOff(step, 7);
    const { rows } = await bench().setup.query<{ done: number; least: number }>(
      'select sum(done)::int as done, min(done) as least from orders',
    );
    const twice = record?.backfill?.rowsTwice ?? -1;
    expect(rows).toEqual([{ done: 20_000 + twice, least: 1 }]);
    expect(record).toMatchObject({
      how: cut,
      error: null,
      backfill: { cuts: 3, rowsLeftOut: 0, isSameAgain: false },
    });
    expect(twice > 0).toBe(cut === 'client');
  });
});

describe('a sql step that is cut off', () => {
  const alter = 'alter table items add column a int';
  const other = 'alter table items add column b int';
  const columns = async (): Promise<unknown[]> => {
    const { rows } = await bench().setup.query<{ name: string }>(
      "select attname as name from pg_attribute where attrelid = 'items'::regclass and attnum > 0 order by attnum",
    );
    return rows.map(({ name }) => name);
  };

  it.each<[string, Partial<SqlStep> & { text: string }, Cut, string | null]>([
    ['a block is undone as a whole', { text: `begin; ${alter}; ${other}; commit` }, 'session', null],
    [
      'so is a step in one transaction',
      { text: `${alter}; ${other}`, transaction: 'single' },
      'session',
      null,
    ],
    [
      'chained transactions go on',
      { text: `begin; ${alter}; commit and chain; ${other}; commit` },
      'session',
      null,
    ],
    ['a statement goes through without its client', { text: alter }, 'client', '42701'],
    [
      'a new value of an enum too',
      { text: "create type mood as enum ('a'); alter type mood add value 'b'" },
      'client',
      '42710',
    ],
  ])('%s', async (_, { text, ...extra }, cut, expected) => {
    await bench().setup.query('drop type if exists mood');
    const record = await cutOff(sqlStep('step', text, { ...extra, cut }), 1);
    expect(record?.how).toBe(cut);
    if (expected !== null || record?.moment === 'open')
      expect([null, '42701', expected]).toContain(record?.error?.sqlstate ?? null);
    if (/alter table/.test(text))
      expect((await columns()).slice(1)).toEqual(text.includes(other) ? ['a', 'b'] : ['a']);
  });

  it('leaves its advisory lock with a server that goes on without its client, and tells for how long', async () => {
    const text = 'select pg_advisory_lock(7); select pg_sleep(1.5)';
    const record = await cutOff(sqlStep('step', text, { cut: 'client' }), 2);
    expect(record).toMatchObject({ index: 2, moment: 'running', advisoryLocks: 1, error: null });
    expect(record?.serverWentOnMs).toBeGreaterThan(1000);
  });

  it('is brought to its end by hand where it cannot be repeated, for whatever place the seed draws', async () => {
    const places = new Set<string>();
    for (const seed of [1, 2, 3, 4]) {
      await bench().setup.query('drop table if exists items; create table items (order_id int)');
      const { context } = bench();
      const rehearsal = { ...context.rehearsal, load: { seed } } as StepContext['rehearsal'];
      const step = sqlStep('step', `${alter}; create index concurrently on items (a); ${other}`, {
        cut: 'session',
      });
      await runSqlStep(step, { ...context, rehearsal }, () => undefined);
      expect(await columns()).toEqual(['order_id', 'a', 'b']);
    }
    await bench().context.steps.close();
    for (const event of (await bench().folder.read('steps')) ?? [])
      if (event.type === 'interruption') places.add(`${event.index} ${event.error?.sqlstate ?? 'ok'}`);
    expect(places.size).toBeGreaterThan(1);
    expect([...places].filter((place) => !/^(1 ok|[23] 42701)$/.test(place))).toEqual([]);
    const { rows } = await bench().setup.query('select 1 from pg_index where not indisvalid');
    expect(rows).toEqual([]);
  });
});

describe('a command that is cut off', () => {
  const columns =
    "select string_agg(attname, ' ' order by attnum) from pg_attribute where attrelid = 'items'::regclass and attnum > 0";
  /** Notes that it is at work as Knex does, and does not begin where that is noted. */
  const program = `import pg from "${new URL('../../../node_modules/pg/lib/index.js', import.meta.url).href}";
    const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await client.connect();
    const run = (sql) => client.query(sql);
    await run("create table if not exists knex_migrations_lock (is_locked int)");
    const { rows } = await run("select 1 from knex_migrations_lock where is_locked = 1");
    if (rows.length > 0) process.exit(7);
    await run("insert into knex_migrations_lock values (1)");
    await run("begin");
    await run("alter table items add column a int");
    await run("alter table items add column b int");
    await run("alter table items add column c int");
    await run("commit");
    await run("delete from knex_migrations_lock");
    await client.end();`;

  it.each<Cut>(['session', 'client'])(
    'keeps nothing of its transaction (%s), and the lock that it left is on record with what releases it',
    async (cut) => {
      const { setup, context, folder } = bench();
      await setup.query('drop table if exists knex_migrations_lock');
      const step: CommandStep = {
        kind: 'command',
        name: 'tool',
        phase: 'expand',
        retries: 0,
        retryPauseMs: 50,
        pointOfNoReturn: false,
        command: `${process.execPath} --input-type=module -e '${program}'`,
        timeoutMs: 60_000,
        touchesDatabase: true,
        cut,
      };
      const rehearsal = {
        ...context.rehearsal,
        dir: folder.path,
        load: { seed: 3 },
      } as StepContext['rehearsal'];
      await expect(runCommandStep(step, { ...context, rehearsal }, () => undefined)).rejects.toMatchObject({
        error: { message: 'the command ended with exit code 7' },
      });
      await context.steps.close();
      expect((await folder.read('steps'))?.find((event) => event.type === 'interruption')).toMatchObject({
        how: cut,
        error: { message: 'the command ended with exit code 7' },
        command: {
          sql: expect.stringMatching(/^alter table items add column/) as string,
          toolLocks: [{ tool: 'Knex', table: 'public.knex_migrations_lock', remedy: 'knex migrate:unlock' }],
        },
      });
      const { rows } = await setup.query({ text: columns, rowMode: 'array' });
      expect(rows).toEqual([['order_id']]);
    },
  );
});
