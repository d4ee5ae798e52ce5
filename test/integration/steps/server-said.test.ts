import { expect, it } from 'vitest';
import type { StatementRecord } from '../../../scripts/artifacts/records/records.ts';
import { learnNames } from '../../../scripts/pg/messages/learn-names.ts';
import { useReplayBench } from '../../support/replay/replay-bench.ts';
import { replayed, sqlStep } from '../../support/replay/replayed.ts';

const bench = useReplayBench();

async function said(sql: string): Promise<unknown[]> {
  await replayed(bench(), [sqlStep('change', sql)], []);
  const statements = ((await bench().folder.read('steps')) ?? []).filter(
    (event): event is StatementRecord => event.type === 'statement',
  );
  return statements.flatMap(({ index, notices = [] }) =>
    notices.map(({ severity, sqlstate, message, objects, count }) => [
      index,
      severity,
      sqlstate,
      message,
      ...(objects === undefined ? [] : [objects]),
      ...(count === 1 ? [] : [count]),
    ]),
  );
}

it('what was skipped and what fell is kept with its statement, in blocks and outside of them', async () => {
  await bench().setup.query(
    'create view few as select id from orders; create view fewer as select id from few',
  );
  await learnNames(bench().setup);
  const found = await said(
    `create table if not exists orders (id int);
     begin; alter table orders add column if not exists id int; drop view if exists nobody; commit;
     drop table orders cascade;
     vacuum items`,
  );
  expect(found).toEqual([
    [1, 'NOTICE', '42P07', 'relation "orders" already exists, skipping'],
    [2, 'NOTICE', '42701', 'column "id" of relation "orders" already exists, skipping'],
    [3, 'NOTICE', '00000', 'view "nobody" does not exist, skipping'],
    [4, 'NOTICE', '00000', 'drop cascades to 2 other objects', ['view few', 'view fewer']],
  ]);
});

it('what code raises is counted, and its words are kept back, also of a trigger that fires at the end', async () => {
  const found = await said(
    `do $$ begin for i in 1..30 loop raise notice 'row % of Ada', i; end loop; raise warning 'Ada'; end $$;
     create function loud() returns trigger language plpgsql as $$ begin raise notice 'Ada'; return null; end $$;
     create constraint trigger loud after insert on items deferrable initially deferred for each row execute function loud();
     begin; insert into items values (1); insert into items values (2); commit;
     drop function loud cascade`,
  );
  const hidden = expect.stringMatching(/^(notice|warning), raised by code in words/) as unknown;
  expect(found).toEqual([
    [1, 'NOTICE', '00000', hidden, 30],
    [1, 'WARNING', '01000', hidden],
    [5, 'NOTICE', '00000', hidden, 2],
    [6, 'NOTICE', '00000', 'drop cascades to trigger loud on table items'],
  ]);
  expect(JSON.stringify(found)).not.toContain('Ada');
});

it('nothing that the tool itself sends is told, and what has no effect outside of a block says so', async () => {
  expect(await said("set local work_mem = '1MB'; select 1 / 0")).toEqual([
    [1, 'WARNING', '25P01', 'SET LOCAL can only be used in transaction blocks'],
  ]);
});
