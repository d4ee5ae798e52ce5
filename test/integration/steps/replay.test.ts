import { beforeEach, describe, expect, it } from 'vitest';
import { readLocks, readWaits } from '../../../scripts/artifacts/sightings.ts';
import type { AttemptRecord, StatementRecord } from '../../../scripts/artifacts/records/records.ts';
import { withConnection } from '../../../scripts/pg/client.ts';
import type { SqlStep } from '../../../scripts/plan/model.ts';
import { runSqlStep } from '../../../scripts/replay/steps/sql-step.ts';
import { StepFailure } from '../../../scripts/replay/session/step-failure.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { useReplayBench } from '../../support/replay/replay-bench.ts';

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

const bench = useReplayBench();
let attempts: Omit<AttemptRecord, 'type' | 'step'>[] = [];
beforeEach(() => {
  attempts = [];
});

async function run(step: SqlStep): Promise<StatementRecord[]> {
  await runSqlStep(step, bench().context, (attempt) => {
    attempts.push(attempt);
  });
  return statements();
}

async function statements(): Promise<StatementRecord[]> {
  await bench().context.steps.close();
  const records = (await bench().folder.read('steps')) ?? [];
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

  it('sends the rows behind COPY with it, also in a transaction, and keeps none of them', async () => {
    const copy = (rows: string): string => `copy notes from stdin;\n${rows}\\.\n`;
    const records = await run(
      sqlStep(
        `create table notes (id int primary key, note text);\n${copy('1\tfirst\n2\t\\N\n')}` +
          `begin;\n${copy('3\tthird\n')}select pg_sleep(0.01);\ncommit;\nvacuum notes;\n${copy('')}`,
      ),
    );
    expect(records.map(({ command, rows, capture }) => [command, rows, capture])).toEqual([
      ['CREATE', null, 'transaction'],
      ['COPY', 2, 'transaction'],
      ['COPY', 1, 'transaction'],
      ['SELECT', 1, 'transaction'],
      ['VACUUM', null, 'outside'],
      ['COPY', 0, 'transaction'],
    ]);
    expect(JSON.stringify(records)).not.toMatch(/first|third/);
    const { rows } = await bench().setup.query('select count(*)::int, count(note)::int as notes from notes');
    expect(rows).toEqual([{ count: 3, notes: 2 }]);
  });

  it('fails at the COPY whose row is refused, without the row', async () => {
    const text = 'create table numbers (id int);\ncopy numbers from stdin;\n1\nsecret\n\\.\nselect 1;';
    const failing = run(sqlStep(text));
    await expect(failing).rejects.toMatchObject({ error: { sqlstate: '22P02', line: 2 } });
    expect(JSON.stringify(await statements())).not.toContain('secret');
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
    expect(record).toMatchObject({ capture: 'outside', newLocks: [], error: null });
    expect(record?.sizeChangeBytes).toBeGreaterThan(8192);
    await bench().close();
    const seen = (await readLocks(bench().folder)) ?? [];
    expect(seen.length).toBeGreaterThan(0);
    // Only what others can know: not the new index, which its own statement holds exclusively.
    expect(new Set(seen.map(({ relation, mode }) => `${relation} ${mode}`))).toEqual(
      new Set(['public.orders ShareUpdateExclusiveLock']),
    );
  });

  it('stops at the first error, names file, line and place, and rolls the transaction back', async () => {
    const step = sqlStep(
      'begin;\nalter table orders add column extra int;\nselect nope\n  from orders;\ncommit;',
    );
    const failure = await runSqlStep(step, bench().context, () => undefined).catch((error: unknown) => error);
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
    const { rows } = await bench().setup.query("select 1 from pg_attribute where attname = 'extra'");
    expect(rows).toEqual([]);
  });

  it('fails a deferred constraint at its commit', async () => {
    const step = sqlStep(
      'begin; create table once (a int unique deferrable initially deferred); insert into once values (1), (1); commit;',
    );
    await expect(runSqlStep(step, bench().context, () => undefined)).rejects.toMatchObject({
      error: { sqlstate: '23505' },
    });
  });

  it('rolls back what the author left open, and says so', async () => {
    const step = sqlStep('begin; alter table orders add column extra int;');
    await expect(runSqlStep(step, bench().context, () => undefined)).rejects.toThrow(
      'still open at the end of the step',
    );
    const { rows } = await bench().setup.query("select 1 from pg_attribute where attname = 'extra'");
    expect(rows).toEqual([]);
  });

  it('waits for a reader no longer than lockTimeout, tries again, and counts the tries', async () => {
    await withConnection(bench().endpoint, 'setup', async (reader) => {
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
    await bench().close();
    const waits = (await readWaits(bench().folder)) ?? [];
    expect(waits.some(({ role, relation }) => role === 'migration' && relation === 'public.orders')).toBe(
      true,
    );
  });

  it('shows the timeouts that the server really uses', async () => {
    const step = sqlStep('select 1', { lockTimeoutMs: 2000, statementTimeoutMs: 90_000 });
    const outcome = await runSqlStep(step, bench().context, () => undefined);
    expect(outcome.shown).toMatchObject({ lock_timeout: '2s', statement_timeout: '90s' });
  });
});

describe('a statement that PostgreSQL refuses in a transaction', () => {
  it.each([
    ['REINDEX of a partitioned table', 'reindex table parts'],
    ['REINDEX of a partitioned index', 'reindex index parts_id_idx'],
    ['CLUSTER of a partitioned table', 'cluster parts using parts_id_idx'],
    ['DO with a procedure that commits', 'do $$ begin call commits(); end $$'],
    ['CALL of a procedure that commits', 'call commits()'],
  ])('runs as in psql: %s', async (_, sql) => {
    await bench().setup
      .query(`drop table if exists parts; create table parts (id int) partition by range (id);
      create table parts_1 partition of parts for values from (0) to (9); create index on parts (id);
      create or replace procedure commits() language plpgsql as $$ begin commit; end $$;`);
    const records = await run(sqlStep(`${sql};\nselect 1;`));
    expect(records.map(({ index, error }) => [index, error])).toEqual([
      [1, null],
      [2, null],
    ]);
  });

  it('runs in a file of its own where each file is one transaction', async () => {
    await bench().setup.query("drop type if exists state_of; create type state_of as enum ('new')");
    const files = [
      { file: 'sql/1.sql', text: "alter type state_of add value 'sent';" },
      {
        file: 'sql/2.sql',
        text: "create table sent (s state_of default 'sent'); insert into sent default values;",
      },
    ];
    const records = await run(sqlStep('', { files, transaction: 'file', tool: 'diesel' }));
    expect(records.map(({ error }) => error)).toEqual([null, null, null]);
    await bench().setup.query('drop table sent; drop type state_of');
  });
});
