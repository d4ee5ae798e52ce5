import { describe, expect, it } from 'vitest';
import type { SqlStep } from '../../../scripts/plan/model.ts';
import { useReplayBench } from '../../support/replay/replay-bench.ts';
import { replayed, sqlStep } from '../../support/replay/replayed.ts';

const bench = useReplayBench();

async function told(...steps: (SqlStep | string)[]): Promise<unknown[]> {
  const plan = steps.map((step, at) => (typeof step === 'string' ? sqlStep(`s${at + 1}`, step) : step));
  const found = await replayed(bench(), plan, ['beside', 'rowsLost']);
  return found.map(({ status, step, statement, message }) => [status, step, statement, message]);
}

const setUp = (sql: string): Promise<unknown> => bench().setup.query(sql);

describe('what CASCADE took along', () => {
  it('is told with names and counts, but for what the statement names and what is part of it', async () => {
    await setUp(`create view few as select id, state from orders; create view fewer as select id from few;
      alter table items add constraint items_orders foreign key (order_id) references orders;
      create index orders_state on orders (state)`);
    expect(await told('select 1; drop table orders cascade')).toEqual([
      ['fail', 's1', 2, 'Step 1 s1 dropped orders: 20,000 rows are gone.'],
      [
        'warn',
        's1',
        2,
        'Step 1 s1 took along 3 objects that its SQL does not name, by the CASCADE of statement 2: foreign key items_orders of items, view few and view fewer.',
      ],
    ]);
  });

  it('is charged to the statement of a transaction whose NOTICE names it, and told only where nothing made it again', async () => {
    await setUp(`drop view if exists few, fewer;
      create view few as select id, state from orders; create view fewer as select id, state from few;
      create view states as select state from orders; create view all_states as select * from states`);
    expect(
      await told(
        `begin; drop view few cascade; drop view states cascade;
         create view few as select id, state from orders; commit`,
        'create view all_states as select state from orders',
      ),
    ).toEqual([
      [
        'warn',
        's1',
        1,
        'Step 1 s1 took along 1 object that its SQL does not name, by the CASCADE of statement 1: view fewer.',
      ],
    ]);
    await setUp('drop view if exists few, states, all_states');
  });

  it('is a failure where a column fell with its type or domain, and its values with it', async () => {
    await setUp(`create domain word as text; alter table orders add column note word;
      create function first_note() returns int language sql as 'select 1'; alter table items add column n int default first_note()`);
    expect(await told('drop domain word cascade; drop function first_note() cascade')).toEqual([
      [
        'fail',
        's1',
        1,
        'Step 1 s1 took along 1 object that its SQL does not name, by the CASCADE of statement 1: column note of orders. With a column all its values are gone.',
      ],
      [
        'warn',
        's1',
        2,
        'Step 1 s1 took along 1 object that its SQL does not name, by the CASCADE of statement 2: default n of items.',
      ],
    ]);
  });

  it('is nothing where a schema or an extension goes with all that is in it', async () => {
    await setUp('create schema old; create table old.t (id int primary key); create view old.v as select 1');
    expect(await told('drop schema old cascade')).toEqual([]);
  });

  it('names the TRUNCATE, or the DELETE, that went on into a table that it never names', async () => {
    await setUp(`create table parents (id int primary key); insert into parents values (1);
      update orders set state = 1; alter table orders add foreign key (state) references parents on delete cascade`);
    expect(await told('select count(*) from orders; delete from parents')).toEqual([
      ['fail', 's1', 2, 'Step 1 s1 emptied orders, which statement 2 never names: 20,000 rows are gone.'],
    ]);
    await setUp('drop table parents cascade');
  });
});

describe('rows that break a constraint which the catalog calls valid', () => {
  it.each([
    [
      'session_replication_role',
      "set session_replication_role = 'replica'; insert into items values (-1), (-2); reset session_replication_role",
    ],
    [
      'DISABLE TRIGGER',
      'alter table items disable trigger all; insert into items values (-1), (-2), (null); alter table items enable trigger all',
    ],
  ])('are counted after %s', async (_, sql) => {
    await setUp('alter table items add constraint items_orders foreign key (order_id) references orders');
    expect(await told('select 1', sql)).toEqual([
      [
        'fail',
        's2',
        null,
        'Step 2 s2 let in what a constraint forbids: 2 rows break foreign key items_orders of items, which the catalog calls valid.',
      ],
    ]);
  });

  it('are no finding where they were there before, or where a later step removed them', async () => {
    await setUp(`alter table items add constraint items_orders foreign key (order_id) references orders;
      set session_replication_role = 'replica'; insert into items values (-9); reset session_replication_role`);
    const lets = "set session_replication_role = 'replica'; insert into items values (-1)";
    expect(await told(lets, 'delete from items where order_id = -1')).toEqual([]);
  });

  it('are found in a check whose function was replaced', async () => {
    await setUp(`create function is_fine(int) returns boolean language sql as 'select true';
      alter table orders add constraint fine check (is_fine(id))`);
    expect(
      await told("create or replace function is_fine(int) returns boolean language sql as 'select $1 > 5'"),
    ).toEqual([
      [
        'fail',
        's1',
        null,
        'Step 1 s1 let in what a constraint forbids: 5 rows break check fine of orders, which the catalog calls valid.',
      ],
    ]);
    await setUp('drop function is_fine(int) cascade');
  });
});
