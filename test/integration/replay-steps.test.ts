import { describe, expect, it } from 'vitest';
import type { BackfillStep, CommandStep, VerifyStep } from '../../scripts/plan/model.ts';
import { runBackfillStep } from '../../scripts/replay/backfill-step.ts';
import { runCommandStep } from '../../scripts/replay/command-step.ts';
import { runVerifyStep } from '../../scripts/replay/verify-step.ts';
import { sleep } from '../../scripts/shared/clock.ts';
import { useReplayBench } from '../support/replay-bench.ts';

const BASE = { name: 'step', phase: 'expand', retries: 0, retryPauseMs: 50, pointOfNoReturn: false } as const;

const bench = useReplayBench();

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
    await runBackfillStep(step, bench().context, () => undefined);
    await bench().context.batches.close();
    const batches = (await bench().folder.read('batches')) ?? [];
    expect(batches.reduce((sum, { rows }) => sum + rows, 0)).toBe(20_000);
    expect(batches.reduce((sum, { covered }) => sum + covered, 0)).toBe(20_000);
    expect(batches.length).toBeGreaterThan(3);
    const { rows } = await bench().setup.query(
      'select count(*)::int as left from orders where label is null',
    );
    expect(rows).toEqual([{ left: 0 }]);
  });

  it('finds nothing to do the second time', async () => {
    await runBackfillStep(step, bench().context, () => undefined);
    const again = await runBackfillStep(step, bench().context, () => undefined);
    expect(again.summary).toMatch(/^0 rows in \d+ batches/);
  });

  it('goes on from the last committed key after its connection was lost', async () => {
    const slow = { ...step, batchTargetMs: 2 };
    const running = runBackfillStep(slow, bench().context, () => undefined);
    for (let killed = 0; killed === 0;) {
      await sleep(5);
      const { rows } = await bench().setup.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = 'rehearse/migration' and query like 'update%'`,
      );
      killed = rows.length;
    }
    await running;
    const { rows } = await bench().setup.query(
      'select count(*)::int as left from orders where label is null',
    );
    expect(rows).toEqual([{ left: 0 }]);
  });

  it('handles gaps, text keys and an empty table', async () => {
    await bench().setup.query(`delete from orders where id between 50 and 15000;
      alter table orders alter column id type text using lpad(id::text, 6, '0'); analyze orders`);
    await runBackfillStep(step, bench().context, () => undefined);
    const { rows } = await bench().setup.query(
      'select count(*)::int as left from orders where label is null',
    );
    expect(rows).toEqual([{ left: 0 }]);
    await bench().setup.query('delete from orders');
    expect((await runBackfillStep(step, bench().context, () => undefined)).summary).toMatch(
      /^0 rows in 0 batches/,
    );
  });

  it('names the table when the backfill cannot run', async () => {
    const wrong = { ...step, set: 'nope = 1' };
    await expect(runBackfillStep(wrong, bench().context, () => undefined)).rejects.toThrow(
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
    await runCommandStep(
      command('test -n "$DATABASE_URL" && test "$PGAPPNAME" = rehearse/command'),
      bench().context,
    );
    await expect(
      runCommandStep(command('echo no such migration >&2; exit 7'), bench().context),
    ).rejects.toMatchObject({
      error: { message: 'the command ended with exit code 7', excerpt: 'no such migration' },
    });
  });

  it('ends a program that takes too long', async () => {
    const slow = { ...command('sleep 30'), timeoutMs: 200 };
    await expect(runCommandStep(slow, bench().context)).rejects.toThrow('did not end within 200 ms');
  });

  it('keeps passwords and rows out of what it shows of a failure', async () => {
    const leaky = command(
      'echo "postgresql://u:hunter22@h/d refused" >&2; echo "DETAIL:  Key (email)=(a@b.c) exists." >&2; exit 1',
    );
    await expect(runCommandStep(leaky, bench().context)).rejects.toMatchObject({
      error: { excerpt: 'postgresql://u:***@h/d refused' },
    });
  });
});

describe('a verify step', () => {
  it('fails when its file is not SQL, instead of finding nothing', async () => {
    await expect(runVerifyStep(verify('selct 1'), bench().context)).rejects.toMatchObject({
      error: { sqlstate: '42601', file: 'sql/verify.sql', line: 1 },
    });
  });

  const verify = (text: string): VerifyStep => ({
    ...BASE,
    kind: 'verify',
    files: [{ file: 'sql/verify.sql', text }],
  });

  it('passes when nothing is found, and fails with a count and without the rows', async () => {
    expect((await runVerifyStep(verify('select * from orders where id < 0'), bench().context)).summary).toBe(
      '1 question, no rows',
    );
    await expect(
      runVerifyStep(verify('select * from orders where id <= 3'), bench().context),
    ).rejects.toThrow('expected no rows, found 3 rows');
  });
});
