import { expect, test } from 'vitest';
import type { AppVersion } from '../../../scripts/plan/model.ts';
import { ownDatabase } from '../../support/database/own-database.ts';
import { deploy, rollbackRecords, soak, sql } from '../../support/replay/rollback-looks.ts';

const own = ownDatabase();

test('what the SELECTs of the old version fail on is counted by the keys of written rows, and not what they failed on before', async () => {
  const schema = `create table jobs (id int primary key, kind int, status text, parts int, done int, meta jsonb);
      insert into jobs select i, i % 7, i % 3, 5, i, '{"n": 1}' from generate_series(1, 100) i;
      create table odd (id int primary key, flag text); insert into odd select i, 'old' from generate_series(1, 50) i`;
  const old: AppVersion = {
    name: 'old',
    dir: '',
    scripts: Object.entries({
      status: String.raw`\set id random(1, 100)
update jobs set done = 1 where id = :id;
select status::int as state from jobs j where j.id = :id for update;`,
      share: String.raw`\set k random(1, 7)
\set most random(5, 6)
begin; select done / parts from jobs where :k = kind limit :most; commit;`,
      meta: String.raw`\set id 5
select (meta->>'n')::int + 1 from only public.jobs where id = :id and true;`,
      own: String.raw`\set id random(1, 50)
select flag::int from odd where id = :id;`,
    }).map(([name, text]) => ({ name, path: `old/${name}.sql`, text })),
  };
  const write = `insert into jobs select i, 3, 'waiting', 5, i, '{"n": 2}' from generate_series(201, 212) i;
      insert into jobs values (301, 9, '1', 0, 1, '{"n": {"of": 2}}'), (302, 9, '2', 0, 1, '{"m": 2}'), (303, 9, null, 2, 1, null);
      update odd set flag = 'odd'`;
  const steps = [deploy('out', 'new', ''), soak(write), deploy('undo out', 'old', '', 'out')];
  const all = await rollbackRecords(own, schema, [old, { name: 'new', dir: '', scripts: [] }], steps);
  const found = all.flatMap((record) => (record.type === 'unreadable' ? record.values : []));
  const told = { table: 'public.jobs', since: 'out' };
  const limit = (was: string, sqlstate: string): object => ({
    limit: { rule: 'read', was: `readable by ${was}`, sqlstate },
  });
  expect(found).toEqual([
    {
      ...told,
      column: 'status',
      count: 12,
      isAtLeast: false,
      ...limit('status (old/status.sql:3)', '22P02'),
    },
    { ...told, column: '*', count: 1, isAtLeast: true, ...limit('share (old/share.sql:3)', '22012') },
    { ...told, column: 'meta', count: 1, isAtLeast: false, ...limit('meta (old/meta.sql:2)', '22P02') },
  ]);
  const mended = sql('undo out', `delete from jobs where id > 200`, 'out');
  const again = await rollbackRecords(own, schema, [old], [...steps.slice(0, 2), mended]);
  expect(again.flatMap((record) => (record.type === 'unreadable' ? record.values : []))).toEqual([]);
});
