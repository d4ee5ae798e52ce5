import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RunFolder } from '../../../scripts/artifacts/run-folder.ts';
import { parseWorkload } from '../../../scripts/load/scripts/parse-workload.ts';
import type { ParsedScript } from '../../../scripts/load/scripts/script.ts';
import { loadSamples } from '../../../scripts/load/traffic/samples.ts';
import { connect, type PgClient } from '../../../scripts/pg/client.ts';
import { RowCountProbe } from '../../../scripts/probes/row-counts/row-count-probe.ts';
import { RunClock } from '../../../scripts/shared/run-clock.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { sqlStep } from '../../support/replay/replayed.ts';

let database: TestDatabase;
let setup: PgClient;

beforeAll(async () => {
  database = await startTestDatabase();
  setup = await connect(database.endpoint, 'setup');
  await setup.query(`create role keeper nologin;
    create table keys (id int primary key, tenant int not null, state text not null default 'on');
    insert into keys select i, i % 4 from generate_series(1, 1000) i;
    create view open_keys as select * from keys;
    grant usage, create on schema public to keeper; alter table keys owner to keeper`);
});
afterAll(async () => {
  await setup.end();
  await database.stop();
});

const SAMPLE = '-- rehearse: sample id from keys.id\n';
const SCRIPTS = {
  secured: `${SAMPLE}begin;\nset local role keeper;\nselect tenant from keys where id = :id;\ncommit;`,
  touch: `${SAMPLE}update keys set tenant = tenant where id = :id and state = 'on';`,
  seen: `${SAMPLE}select id from open_keys where id = :id;`,
  broken: 'select nothing from nowhere;',
};

function scripts(): ParsedScript[] {
  return Object.entries(SCRIPTS).map(([name, text]) => {
    const parsed = parseWorkload({ name, path: `${name}.sql`, text }, `${name}.sql`);
    if ('mistakes' in parsed) throw new Error(parsed.mistakes[0]?.message);
    return parsed.script;
  });
}

/** What is on record of a step, and how many scripts were compared. */
async function compared(sql: string): Promise<unknown[]> {
  const folder = await RunFolder.create(await mkdtemp(join(tmpdir(), 'row-counts-')));
  const writer = folder.writer('schema');
  const versions = [{ name: 'old', scripts: scripts() }];
  const pools = await loadSamples(setup, versions[0]?.scripts ?? [], 1);
  const app = { versions, logins: new Map([['old', database.endpoint]]) };
  const probe = new RowCountProbe({ app, pools, seed: 1, writer, clock: new RunClock() });
  const { signal } = new AbortController();
  const step = sqlStep('change', sql);
  await probe.before(step, signal);
  await setup.query(sql);
  await probe.after(step, signal);
  await writer.close();
  const records = (await folder.read('schema')) ?? [];
  await rm(folder.path, { recursive: true });
  return records.flatMap((record) =>
    record.type === 'row-counts'
      ? [
          record.compared,
          ...record.changes.map(({ script, statement, what, before, after }) => [
            script,
            statement,
            what,
            before,
            after,
          ]),
        ]
      : [],
  );
}

const ONES = [1, 1, 1, 1];
const ZEROS = [0, 0, 0, 0];

test('statements that find nothing any more, or twice as much, are recorded, and no others', async () => {
  const secure = 'alter table keys enable row level security, force row level security';
  expect(await compared(secure)).toEqual([3, ['secured', 3, 'none', ONES, ZEROS]]);
  expect(await compared('alter table keys disable row level security')).toEqual([3]);
  expect(await compared(`update keys set state = 'active'`)).toEqual([3, ['touch', 1, 'none', ONES, ZEROS]]);
  const twice = 'create or replace view open_keys as select * from keys union all select * from keys';
  expect(await compared(twice)).toEqual([3, ['seen', 1, 'more', ONES, [2, 2, 2, 2]]]);
  expect((await setup.query('select count(*)::int from keys')).rows).toEqual([{ count: 1000 }]);
});
