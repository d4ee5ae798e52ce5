import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptRecord, StatementRecord } from '../../scripts/artifacts/records.ts';
import { RunFolder } from '../../scripts/artifacts/run-folder.ts';
import { connect, withConnection, type PgClient } from '../../scripts/pg/client.ts';
import type { BackfillStep, CommandStep, SqlStep, VerifyStep } from '../../scripts/plan/model.ts';
import { LockWatch } from '../../scripts/probes/lock-watch.ts';
import { ProbeLife } from '../../scripts/probes/probe-life.ts';
import { runBackfillStep } from '../../scripts/replay/backfill-step.ts';
import { runCommandStep } from '../../scripts/replay/command-step.ts';
import type { StepContext } from '../../scripts/replay/context.ts';
import { runSqlStep } from '../../scripts/replay/sql-step.ts';
import { StepFailure } from '../../scripts/replay/step-failure.ts';
import { runVerifyStep } from '../../scripts/replay/verify-step.ts';
import { Cleanup } from '../../scripts/shared/cleanup.ts';
import { sleep } from '../../scripts/shared/clock.ts';
import { RunClock } from '../../scripts/shared/run-clock.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

const BASE = { name: 'step', phase: 'expand', retries: 0, retryPauseMs: 50, pointOfNoReturn: false } as const;

function sqlStep(text: string, extra: Partial<SqlStep> = {}): SqlStep {
  return {
    ...BASE,
    kind: 'sql',
    files: [{ file: 'sql/step.sql', text }],
    transaction: 'as-written',
    ...extra,
  };
}

let database: TestDatabase;
let setup: PgClient;
let folder: RunFolder;
let context: StepContext;
let attempts: Omit<AttemptRecord, 'type' | 'step'>[];
let cleanup: Cleanup;

beforeAll(async () => {
  database = await startTestDatabase();
  setup = await connect(database.endpoint, 'setup');
});
afterAll(async () => {
  await setup.end();
  await database.stop();
});

beforeEach(async () => {
  await setup.query(`drop table if exists orders, items cascade;
    create table orders as select i as id, i % 7 as state, null::text as label from generate_series(1, 20000) i;
    alter table orders add primary key (id);
    create table items (order_id int);
    analyze`);
  cleanup = new Cleanup();
  attempts = [];
  const path = await mkdtemp(join(tmpdir(), 'replay-test-'));
  folder = await RunFolder.create(path);
  const clock = new RunClock();
  const probes = folder.writer('probes');
  cleanup.add('probes', () => probes.close());
  const sinks = {
    clock,
    life: new ProbeLife(probes, clock),
    waits: folder.writer('waits'),
    locks: folder.writer('locks'),
  };
  const watch = await LockWatch.start(database.endpoint, sinks);
  cleanup.add('watch', () => watch.stop());
  context = {
    rehearsal: { dir: path, environment: {} } as StepContext['rehearsal'],
    primary: database.endpoint,
    clock,
    watch,
    traffic: { setShares: () => Promise.resolve(), p99Ms: () => null },
    steps: folder.writer('steps'),
    batches: folder.writer('batches'),
    signal: new AbortController().signal,
    progress: () => undefined,
  };
  for (const writer of [sinks.waits, sinks.locks, context.steps, context.batches]) {
    cleanup.add('artifact', () => writer.close());
  }
});
afterEach(async () => {
  expect(await cleanup.run()).toEqual([]);
  await rm(folder.path, { recursive: true });
  const { rows } = await setup.query(
    `select application_name from pg_stat_activity where application_name like 'rehearse/%' and pid <> pg_backend_pid()`,
  );
  expect(rows).toEqual([]);
});

async function run(step: SqlStep): Promise<StatementRecord[]> {
  await runSqlStep(step, context, (attempt) => attempts.push(attempt));
  return statements();
}

async function statements(): Promise<StatementRecord[]> {
  await context.steps.close();
  const records = (await folder.read('steps')) ?? [];
  return records.filter((record) => record.type === 'statement');
}

describe('a sql step', () => {
  it('records the exact lock set of each statement and what each one added', async () => {
    const records = await run(
      sqlStep(
        'begin;\nlock table orders in share mode;\nalter table items add foreign key (order_id) references orders;\ncommit;',
      ),
    );
    expect(records.map(({ index, line, capture, newLocks }) => ({ index, line, capture, newLocks }))).toEqual(
      [
        {
          index: 1,
          line: 2,
          capture: 'transaction',
          newLocks: [{ relation: 'public.orders', mode: 'ShareLock', existedBefore: true }],
        },
        {
          index: 2,
          line: 3,
          capture: 'transaction',
          newLocks: expect.arrayContaining([
            { relation: 'public.orders', mode: 'ShareRowExclusiveLock', existedBefore: true },
            { relation: 'public.items', mode: 'ShareRowExclusiveLock', existedBefore: true },
          ]) as unknown,
        },
      ],
    );
  });

  it('counts a hold from the statement to the answer of its commit', async () => {
    const [lock] = await run(sqlStep('begin; lock table orders; select pg_sleep(0.5); commit;'));
    const heldMs = (lock?.releasedMs ?? 0) - (lock?.sentMs ?? 0);
    expect(heldMs).toBeGreaterThan(500);
    expect(heldMs).toBeLessThan(900);
  });

  it('sees a rewrite, and no rewrite where PostgreSQL only changes its catalog', async () => {
    const records = await run(
      sqlStep(`alter table orders alter column id type bigint;
               alter table orders add column total int not null default 0;
               alter table orders alter column label type varchar;`),
    );
    expect(records.map(({ rewrote }) => rewrote.includes('public.orders'))).toEqual([true, false, false]);
    expect(records[0]?.walBytes).toBeGreaterThan(500_000);
  });

  it('runs CONCURRENTLY outside a transaction and watches its locks from outside', async () => {
    const [record] = await run(
      sqlStep('create index concurrently orders_state on orders (state, label, id)'),
    );
    expect(record).toMatchObject({ capture: 'outside', locks: [], error: null });
    expect(record?.sizeChangeBytes).toBeGreaterThan(8192);
    await cleanup.run();
    const seen = (await folder.read('locks')) ?? [];
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every(({ mode }) => mode !== 'AccessExclusiveLock')).toBe(true);
  });

  it('stops at the first error, names file, line and place, and rolls the transaction back', async () => {
    const step = sqlStep(
      'begin;\nalter table orders add column extra int;\nselect nope\n  from orders;\ncommit;',
    );
    const failure = await runSqlStep(step, context, () => undefined).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StepFailure);
    expect((failure as StepFailure).error).toEqual({
      sqlstate: '42703',
      message: 'column "nope" does not exist',
      hint: null,
      file: 'sql/step.sql',
      line: 3,
      excerpt: 'select nope\n       ^',
    });
    expect((await statements()).map(({ index, error }) => [index, error?.sqlstate ?? null])).toEqual([
      [1, null],
      [2, '42703'],
    ]);
    const { rows } = await setup.query("select 1 from pg_attribute where attname = 'extra'");
    expect(rows).toEqual([]);
  });

  it('fails a deferred constraint at its commit', async () => {
    const step = sqlStep(
      'begin; create table once (a int unique deferrable initially deferred); insert into once values (1), (1); commit;',
    );
    await expect(runSqlStep(step, context, () => undefined)).rejects.toMatchObject({
      error: { sqlstate: '23505' },
    });
  });

  it('rolls back what the author left open, and says so', async () => {
    const step = sqlStep('begin; alter table orders add column extra int;');
    await expect(runSqlStep(step, context, () => undefined)).rejects.toThrow(
      'still open at the end of the step',
    );
    const { rows } = await setup.query("select 1 from pg_attribute where attname = 'extra'");
    expect(rows).toEqual([]);
  });

  it('waits for a reader no longer than lockTimeout, tries again, and counts the tries', async () => {
    await withConnection(database.endpoint, 'setup', async (reader) => {
      await reader.query('begin; select * from orders limit 1');
      const running = run(
        sqlStep('alter table orders add column extra int', { lockTimeoutMs: 100, retries: 30 }),
      );
      await sleep(800);
      await reader.query('commit');
      const records = await running;
      expect(records.at(-1)?.error).toBeNull();
      expect(records.length).toBe(attempts.length + 1);
    });
    expect(attempts.length).toBeGreaterThan(0);
    expect(attempts.map(({ error }) => error.sqlstate)).toEqual(attempts.map(() => '55P03'));
    await cleanup.run();
    const waits = (await folder.read('waits')) ?? [];
    expect(waits.some(({ role, relation }) => role === 'migration' && relation === 'public.orders')).toBe(
      true,
    );
  });

  it('shows the timeouts that the server really uses', async () => {
    const step = sqlStep('select 1', { lockTimeoutMs: 2000, statementTimeoutMs: 90_000 });
    const outcome = await runSqlStep(step, context, () => undefined);
    expect(outcome.shown).toMatchObject({ lock_timeout: '2s', statement_timeout: '90s' });
  });
});

describe('a backfill step', () => {
  const step: BackfillStep = {
    ...BASE,
    kind: 'backfill',
    phase: 'backfill',
    table: 'orders',
    key: 'id',
    set: `label = 'state ' || state`,
    where: 'label is null',
    batchTargetMs: 20,
  };

  it('changes every row once, in batches that follow the key', async () => {
    await runBackfillStep(step, context, () => undefined);
    await context.batches.close();
    const batches = (await folder.read('batches')) ?? [];
    expect(batches.reduce((sum, { rows }) => sum + rows, 0)).toBe(20_000);
    expect(batches.reduce((sum, { covered }) => sum + covered, 0)).toBe(20_000);
    expect(batches.length).toBeGreaterThan(3);
    const { rows } = await setup.query('select count(*)::int as left from orders where label is null');
    expect(rows).toEqual([{ left: 0 }]);
  });

  it('finds nothing to do the second time', async () => {
    await runBackfillStep(step, context, () => undefined);
    const again = await runBackfillStep(step, context, () => undefined);
    expect(again.summary).toMatch(/^0 rows in \d+ batches/);
  });

  it('goes on from the last committed key after its connection was lost', async () => {
    const slow = { ...step, batchTargetMs: 2 };
    const running = runBackfillStep(slow, context, () => undefined);
    for (let killed = 0; killed === 0; await sleep(5)) {
      const { rows } = await setup.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = 'rehearse/migration' and query like 'update%'`,
      );
      killed = rows.length;
    }
    await running;
    const { rows } = await setup.query('select count(*)::int as left from orders where label is null');
    expect(rows).toEqual([{ left: 0 }]);
  });

  it('handles gaps, text keys and an empty table', async () => {
    await setup.query(`delete from orders where id between 50 and 15000;
      alter table orders alter column id type text using lpad(id::text, 6, '0'); analyze orders`);
    await runBackfillStep(step, context, () => undefined);
    const { rows } = await setup.query('select count(*)::int as left from orders where label is null');
    expect(rows).toEqual([{ left: 0 }]);
    await setup.query('delete from orders');
    expect((await runBackfillStep(step, context, () => undefined)).summary).toMatch(/^0 rows in 0 batches/);
  });

  it('names the table when the backfill cannot run', async () => {
    const wrong = { ...step, set: 'nope = 1' };
    await expect(runBackfillStep(wrong, context, () => undefined)).rejects.toThrow(
      'backfill of orders: column "nope" of relation "orders" does not exist',
    );
  });
});

describe('a command step', () => {
  const command = (text: string): CommandStep => ({
    ...BASE,
    kind: 'command',
    command: text,
    timeoutMs: 20_000,
  });

  it('gives the program the database by environment and reports its exit code', async () => {
    await runCommandStep(command('test -n "$DATABASE_URL" && test "$PGAPPNAME" = rehearse/command'), context);
    await expect(
      runCommandStep(command('echo no such migration >&2; exit 7'), context),
    ).rejects.toMatchObject({
      error: { message: 'the command ended with exit code 7', excerpt: 'no such migration' },
    });
  });

  it('ends a program that takes too long', async () => {
    const slow = { ...command('sleep 30'), timeoutMs: 200 };
    await expect(runCommandStep(slow, context)).rejects.toThrow('did not end within 200 ms');
  });

  it('keeps passwords and rows out of what it shows of a failure', async () => {
    const leaky = command(
      'echo "postgresql://u:hunter22@h/d refused" >&2; echo "DETAIL:  Key (email)=(a@b.c) exists." >&2; exit 1',
    );
    await expect(runCommandStep(leaky, context)).rejects.toMatchObject({
      error: { excerpt: 'postgresql://u:***@h/d refused' },
    });
  });
});

describe('a verify step', () => {
  const verify = (text: string): VerifyStep => ({
    ...BASE,
    kind: 'verify',
    files: [{ file: 'sql/verify.sql', text }],
  });

  it('passes when nothing is found, and fails with a count and without the rows', async () => {
    expect((await runVerifyStep(verify('select * from orders where id < 0'), context)).summary).toBe(
      '1 question, no rows',
    );
    await expect(runVerifyStep(verify('select * from orders where id <= 3'), context)).rejects.toThrow(
      'expected no rows, found 3 rows',
    );
  });
});
