import { describe, expect, it } from 'vitest';
import { withConnection } from '../../../scripts/pg/client.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import type { Finding } from '../../../scripts/checks/result/contract/result.ts';
import type { SqlStep } from '../../../scripts/plan/model.ts';
import { useReplayBench } from '../../support/replay/replay-bench.ts';
import { replayed, sqlStep } from '../../support/replay/replayed.ts';

const bench = useReplayBench([{ name: 'max_prepared_transactions', value: '2' }]);

/** The findings of a step beside somebody who has written to its table, and ends when the first try has given way. */
async function besideWriter(checks: readonly string[], ...steps: SqlStep[]): Promise<Finding[]> {
  return withConnection(bench().endpoint, 'setup', async (client) => {
    await client.query("begin; insert into orders values (0, 1, 'late')");
    return replayed(bench(), steps, checks, () => client.query('rollback'));
  });
}

const PATIENT = { lockTimeoutMs: 200, retries: 6 };

describe('what a failed try leaves', () => {
  it('is a failure where IF NOT EXISTS took the invalid index of the first try for a whole one', async () => {
    const step = sqlStep(
      'index',
      'create index concurrently if not exists orders_state on orders (state)',
      PATIENT,
    );
    const found = await besideWriter(['steps', 'unfinished'], step);
    expect(found).toEqual([
      expect.objectContaining({
        check: 'unfinished',
        status: 'fail',
        step: 'index',
        insteadSql: 'drop index concurrently public.orders_state;',
        message:
          'Step 1 index left this behind since its try 1, which failed, and nothing mended it: index orders_state of orders is INVALID: no query uses it, and writes pay for it. The next try passed only because IF NOT EXISTS skipped over it.',
      }),
    ]);
  });

  it('explains why the next try found the name taken', async () => {
    const step = sqlStep('index', 'create index concurrently orders_state on orders (state)', PATIENT);
    const found = await besideWriter(['steps', 'unfinished'], step);
    expect(found.map(({ check, status, message }) => [check, status, message.split('. ').at(-1)])).toEqual([
      ['steps', 'fail', expect.stringContaining('42P07') as unknown],
      ['unfinished', 'fail', 'It stands in the way: the next try was refused because of it (42P07).'],
    ]);
  });

  it('names the transient index of REINDEX CONCURRENTLY, which no later try removes', async () => {
    await bench().setup.query('create index orders_state on orders (state)');
    const step = sqlStep('reindex', 'reindex index concurrently orders_state', PATIENT);
    const found = await besideWriter(['unfinished'], step);
    expect(found.map(({ insteadSql }) => insteadSql)).toEqual([
      'drop index concurrently public.orders_state_ccnew;',
    ]);
    await bench().setup.query(found[0]?.insteadSql ?? '');
  });

  it('is no finding where a later statement of the plan removed it', async () => {
    const steps = [
      sqlStep('index', 'create index concurrently if not exists orders_state on orders (state)', PATIENT),
      sqlStep(
        'again',
        'drop index concurrently orders_state; create index concurrently orders_state on orders (state)',
      ),
    ];
    const found = await besideWriter(['unfinished', 'steps'], ...steps);
    expect(found).toEqual([]);
  });

  it('is a failure where a partition is left half detached', async () => {
    await bench().setup.query(
      `drop table if exists samples, samples_old, samples_new; create table samples (at int) partition by range (at);
       create table samples_old partition of samples for values from (0) to (10);
       create table samples_new partition of samples for values from (10) to (20)`,
    );
    const step = sqlStep('detach', 'alter table samples detach partition samples_old concurrently', {
      lockTimeoutMs: 200,
    });
    const reader = withConnection(bench().endpoint, 'setup', async (client) => {
      await client.query('begin; select * from samples');
      await sleep(600);
    });
    await sleep(50);
    const found = await replayed(bench(), [step], ['unfinished']);
    await reader;
    expect(found.map(({ status, insteadSql }) => [status, insteadSql])).toEqual([
      ['fail', 'alter table public.samples detach partition public.samples_old finalize;'],
    ]);
    await bench().setup.query(found[0]?.insteadSql ?? '');
  });

  it('tells a constraint that nobody validated, a trigger left disabled and a parent index that partitions lack', async () => {
    await bench().setup.query(
      `drop table if exists samples, samples_old, samples_new; create table samples (at int) partition by range (at);
       create table samples_old partition of samples for values from (0) to (10)`,
    );
    const found = await replayed(
      bench(),
      [
        sqlStep(
          'checks',
          `alter table items add constraint positive check (order_id > 0) not valid;
           alter table items add constraint done check (order_id > 1) not valid;
           alter table items validate constraint done;
           alter table items add foreign key (order_id) references orders;
           alter table items disable trigger all`,
        ),
        sqlStep('parent', 'create index samples_at on only samples (at)'),
      ],
      ['unfinished'],
    );
    expect(found.map(({ status, step, insteadSql }) => [status, step, insteadSql])).toEqual([
      ['fail', 'parent', expect.stringContaining('drop index public.samples_at;') as unknown],
      ['fail', 'checks', 'alter table public.items enable trigger all;'],
      ['warn', 'checks', 'alter table public.items validate constraint positive;'],
    ]);
  });

  it('is a failure where a transaction was prepared and nobody ended it', async () => {
    const step = sqlStep('two', "begin; update orders set state = 1 where id = 5; prepare transaction 'mig'");
    const found = await replayed(bench(), [step], ['unfinished']);
    await bench().setup.query("rollback prepared 'mig'");
    expect(
      found.filter(({ step }) => step !== null).map(({ status, step, message }) => [status, step, message]),
    ).toEqual([
      [
        'fail',
        'two',
        "Step 1 two left this behind and nothing mended it: transaction 'mig' is prepared and neither committed nor rolled back: it keeps its locks on orders, and VACUUM removes no row that died since.",
      ],
    ]);
  });

  it('warns of a table of before that is unlogged by now, and not of one that the plan made so', async () => {
    const step = sqlStep('fast', 'alter table items set unlogged; create unlogged table scratch (a int)');
    const found = await replayed(bench(), [step], ['unfinished']);
    await bench().setup.query('drop table scratch');
    expect(
      found.filter(({ step }) => step !== null).map(({ status, insteadSql }) => [status, insteadSql]),
    ).toEqual([['warn', 'alter table public.items set logged;']]);
  });
});
