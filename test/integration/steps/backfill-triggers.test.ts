import { expect, it } from 'vitest';
import type { BackfillStep } from '../../../scripts/plan/model.ts';
import { runBackfillStep } from '../../../scripts/replay/steps/backfill-step.ts';
import { useReplayBench } from '../../support/replay/replay-bench.ts';

const bench = useReplayBench();

const step: BackfillStep = {
  name: 'step',
  phase: 'backfill',
  retries: 0,
  retryPauseMs: 50,
  pointOfNoReturn: false,
  kind: 'backfill',
  table: 'orders',
  key: ['id'],
  set: `label = 'state ' || state`,
  where: 'label is null',
  batchTargetMs: 4,
};

/** What they took, over all batches, and the rows that the batches changed. */
const fired = async (
  extra: Partial<BackfillStep> = {},
  ending?: (running: Promise<unknown>) => Promise<void>,
): Promise<{ rows: number; measured: number; triggers: Record<string, [string | null, number]> }> => {
  const running = runBackfillStep({ ...step, ...extra }, bench().context, () => undefined);
  await (ending?.(running) ?? running);
  await bench().context.batches.close();
  const batches = (await bench().folder.read('batches')) ?? [];
  const triggers: Record<string, [string | null, number]> = {};
  for (const one of batches.flatMap((batch) => batch.triggers?.fired ?? [])) {
    expect(one.timeMs).toBeGreaterThan(0);
    triggers[one.name] = [one.function, (triggers[one.name]?.[1] ?? 0) + one.calls];
  }
  const measured = batches.filter((batch) => batch.triggers !== undefined);
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
  return { rows, measured: measured.reduce((sum, batch) => sum + batch.rows, 0), triggers };
};
const FUNCTION = `create or replace function touch() returns trigger language plpgsql as
  $$ begin if tg_when = 'BEFORE' and new.id % 10 = 0 then return null; end if; return new; end $$;`;

it('a backfill knows what each trigger took in the first batches, and leaves the rows the same', async () => {
  await bench().setup.query(`${FUNCTION}
    create trigger before_row before update on orders for each row execute function touch();
    create trigger after_all after update on orders for each statement execute function touch();
    create trigger of_label after update of label on orders for each row execute function touch();
    create trigger of_state after update of state on orders for each row execute function touch();
    create trigger never before update on orders for each row when (new.id < 0) execute function touch();
    create trigger off before update on orders for each row execute function touch();
    alter table orders disable trigger off`);
  const { rows, measured, triggers } = await fired({ where: 'id % 20 <> 0' }, (running) =>
    expect(running).rejects.toMatchObject({
      error: {
        message: 'backfill of orders: 1,000 rows were not filled at its end',
        hint: expect.stringContaining('a BEFORE trigger that returns NULL') as string,
      },
    }),
  );
  expect(rows).toBe(18_000);
  expect(measured).toBeLessThan(18_000);
  const before = triggers['before_row']?.[1] ?? 0;
  expect(before).toBeGreaterThan(measured);
  expect(triggers).toEqual({
    before_row: ['public.touch', before],
    after_all: ['public.touch', 5],
    of_label: ['public.touch', measured],
  });
});

it('rows that have their value already are filled, also where an update to the same is suppressed', async () => {
  await bench().setup.query(`update orders set label = 'state 0' where id <= 50;
    create trigger z before update on orders for each row execute function suppress_redundant_updates_trigger()`);
  const { rows } = await fired({ set: "label = 'state 0'", where: 'id > 0' });
  expect(rows).toBe(19_950);
});

it('a backfill measures nothing where no trigger is for what it sets', async () => {
  await bench().setup.query(`${FUNCTION}
    create trigger inserted before insert on orders for each row execute function touch();
    alter table items add foreign key (order_id) references orders (id)`);
  expect(await fired()).toEqual({ rows: 20_000, measured: 0, triggers: {} });
});

it('a backfill knows the foreign keys of what it sets, and the triggers of partitions', async () => {
  await bench().setup.query(`${FUNCTION} drop table orders; create table states (id int primary key);
    insert into states select generate_series(0, 6);
    create table orders (id int primary key, state int constraint of_state references states, label text) partition by range (id);
    create table orders_a partition of orders for values from (0) to (10001);
    create table orders_b partition of orders for values from (10001) to (30000);
    insert into orders select i, i % 7 from generate_series(1, 20000) i;
    create trigger touched after update on orders_a for each row execute function touch(); analyze`);
  const { rows, measured, triggers } = await fired({ set: `label = '', state = (state + 1) % 7` });
  expect(rows).toBe(20_000);
  expect(triggers).toEqual({ of_state: [null, measured], touched: ['public.touch', measured] });
  await bench().setup.query('drop table orders, states');
});

it('a backfill lets a table with rules alone, whose UPDATE answers otherwise', async () => {
  await bench().setup.query(`${FUNCTION}
    create trigger touched after update on orders for each row execute function touch();
    create rule also as on update to orders do also insert into items values (new.id)`);
  expect(await fired()).toMatchObject({ rows: 20_000, triggers: {} });
});
