import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Company } from '../../../scripts/actors/company.ts';
import type { ActorRecord } from '../../../scripts/artifacts/records/records.ts';
import { RunFolder } from '../../../scripts/artifacts/run-folder.ts';
import { connect, type PgClient } from '../../../scripts/pg/client.ts';
import type { ActorSpec, Rehearsal, Step } from '../../../scripts/plan/model.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { RunClock } from '../../../scripts/shared/run-clock.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let setup: PgClient;
let dir: string;

beforeAll(async () => {
  database = await startTestDatabase();
  setup = await connect(database.endpoint, 'setup');
});
afterAll(async () => {
  await setup.end();
  await database.stop();
});
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'actors-test-'));
  await setup.query(`drop table if exists orders, "Line Items", archive cascade;
    create table archive as select i, repeat('x', 100) as filling from generate_series(1, 20000) i;
    create table orders (id bigint generated always as identity primary key, label text);
    insert into orders (label) select 'label ' || i from generate_series(1, 2000) i;
    create table "Line Items" (order_id int)`);
});
afterEach(() => rm(dir, { recursive: true }));

const BASE = { phase: 'expand', retries: 0, retryPauseMs: 50, pointOfNoReturn: false } as const;
const SOAK: Step = { ...BASE, name: 'soak', kind: 'soak', forMs: 10 };
const ALTER: Step = {
  ...BASE,
  name: 'alter',
  kind: 'sql',
  transaction: 'as-written',
  files: [{ file: 'a.sql', text: 'select 1 from archive; create table x (); alter table orders add y int' }],
};

interface Scene {
  readonly company: Company;
  readonly notes: readonly string[];
  /** What is written by now. */
  readonly soFar: () => Promise<ActorRecord[]>;
  /** All of it. */
  readonly records: () => Promise<ActorRecord[]>;
}

/** The actors before a plan of a soak and an ALTER TABLE. */
async function scene(...actors: ActorSpec[]): Promise<Scene> {
  const folder = await RunFolder.create(dir);
  const records = folder.writer('actors');
  const notes: string[] = [];
  const company = await Company.gather({
    rehearsal: { plan: [SOAK, ALTER], load: { seed: 7 } as Rehearsal['load'] },
    scenario: { name: 'company', actors },
    endpoint: database.endpoint,
    clock: new RunClock(),
    records,
    logins: { app: database.endpoint, plan: database.endpoint },
    onNote: (message) => notes.push(message),
  });
  const soFar = async (): Promise<ActorRecord[]> => (await folder.read('actors')) ?? [];
  const close = async (): Promise<ActorRecord[]> => {
    await records.close();
    return soFar();
  };
  return { company, notes, soFar, records: close };
}

const signal = new AbortController().signal;

/** Locks of the actor's sessions on tables, such as `orders AccessShareLock`. */
async function locks(actor: string): Promise<string[]> {
  const { rows } = await setup.query<{ lock: string }>(
    `select distinct c.relname || ' ' || l.mode as lock
       from pg_locks l join pg_stat_activity a using (pid) join pg_class c on c.oid = l.relation
      where a.application_name = 'rehearse/actor/' || $1 and l.granted and c.relkind = 'r' and c.oid >= 16384
      order by 1`,
    [actor],
  );
  return rows.map(({ lock }) => lock);
}

async function sessions(): Promise<string[]> {
  const { rows } = await setup.query<{ name: string }>(
    `select application_name as name from pg_stat_activity where application_name like 'rehearse/actor/%'`,
  );
  return rows.map(({ name }) => name);
}

function events(records: readonly ActorRecord[]): string[] {
  return records.map(({ actor, event }) => `${actor} ${event}`);
}

test.each([
  ['long-reader', ['orders AccessShareLock']],
  ['idle-in-transaction', ['orders RowExclusiveLock']],
  ['vacuum', ['orders ShareUpdateExclusiveLock']],
  ['dump', ['Line Items AccessShareLock', 'archive AccessShareLock', 'orders AccessShareLock']],
] as const)(
  'a %s has its locks before the step begins, and nothing after it has left',
  async (kind, held) => {
    const { company, notes, records } = await scene({ name: 'guest', kind });
    await company.before(SOAK, signal);
    expect(await locks('guest')).toEqual([]);
    await company.before(ALTER, signal);
    expect(await locks('guest')).toEqual(held);
    const waiting = connect(database.endpoint, 'migration').then(async (client) => {
      await client.query("set lock_timeout = '100ms'");
      const answer = await client.query('alter table orders add z int').catch((error: unknown) => error);
      await client.end();
      return answer;
    });
    expect(await waiting).toMatchObject({ code: '55P03' });
    await company.leave();
    await expect.poll(sessions, { timeout: 3000 }).toEqual([]);
    expect(notes).toEqual([`guest is in place${kind === 'dump' ? '' : ' on public.orders'}`]);
    expect(events(await records())).toEqual(['guest planned', 'guest started', 'guest stopped']);
  },
);

test('those who only disturb are there from the first step on, and tell what they did', async () => {
  const { company, records } = await scene(
    { name: 'hot', kind: 'hot-rows' },
    { name: 'other', kind: 'second-migration', table: '"Line Items"' },
    { name: 'crowd', kind: 'churn' },
  );
  await company.before(SOAK, signal);
  expect(new Set(await sessions())).toContain('rehearse/actor/hot');
  await setup.query('alter table orders rename column label to title');
  await sleep(600);
  await company.leave();
  await expect.poll(sessions, { timeout: 3000 }).toEqual([]);
  const { rows } = await setup.query<{ n_tup_upd: string }>(
    `select count(*) as columns from pg_attribute where attrelid = '"Line Items"'::regclass and attnum > 0`,
  );
  expect(rows).toEqual([{ columns: '1' }]); // every change of the other migration was rolled back
  const told = (await records()).filter(({ event }) => event === 'stopped');
  expect(told).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ actor: 'hot', message: expect.stringMatching(/^\d+ updates?$/) as string }),
      expect.objectContaining({
        actor: 'other',
        message: expect.stringMatching(/^\d+ changes?(, \d+ (try|tries) in vain)?$/) as string,
      }),
      expect.objectContaining({
        actor: 'crowd',
        message: expect.stringMatching(/^\d+ connections?$/) as string,
      }),
    ]),
  );
});

test('an actor leaves when its time is over, while the plan goes on', async () => {
  const { company, records } = await scene(
    { name: 'report', kind: 'long-reader', forMs: 300 },
    { name: 'sleeper', kind: 'idle-in-transaction', forMs: 300, startAt: 'soak', table: 'archive' },
  );
  await company.before(SOAK, signal);
  await company.before(ALTER, signal);
  expect(await locks('report')).toEqual(['orders AccessShareLock']);
  for (let polls = 0; (await sessions()).length > 0 && polls < 200; polls++) await sleep(50);
  await setup.query('alter table orders add z int; alter table archive add z int');
  await company.leave();
  expect(
    events(await records())
      .filter((event) => event.endsWith('stopped'))
      .sort(),
  ).toEqual(['report stopped', 'sleeper stopped']);
});

test('an actor that cannot start, or whose session is ended, says why', async () => {
  const { company, notes, soFar, records } = await scene(
    { name: 'lost', kind: 'long-reader', table: 'nowhere' },
    { name: 'keyless', kind: 'hot-rows', table: 'archive', startAt: 'alter' },
    { name: 'killed', kind: 'idle-in-transaction' },
  );
  await company.before(ALTER, signal);
  expect([...notes].sort()).toEqual([
    'keyless did not come: public.archive has no primary key; name a table with a primary key and rows in load.actors.keyless.table',
    'killed is in place on public.orders',
    'lost did not come: there is no table nowhere when it begins; mend load.actors.lost.table, or let it begin before another step',
  ]);
  await setup.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rehearse/actor/killed'`,
  );
  for (let polls = 0; polls < 200 && !events(await soFar()).includes('killed failed'); polls++)
    await sleep(25);
  await company.leave();
  const all = await records();
  expect(
    events(all)
      .filter((event) => event.endsWith('failed'))
      .sort(),
  ).toEqual(['keyless failed', 'killed failed', 'lost failed']);
});

test('actors that wait for their locks can be sent away', async () => {
  await setup.query('begin; lock table orders in access exclusive mode');
  const stop = new AbortController();
  const { company, records } = await scene({ name: 'report', kind: 'long-reader' });
  const entering = company.before(ALTER, stop.signal);
  await sleep(200);
  stop.abort(new Error('enough'));
  await expect(entering).rejects.toThrow('enough');
  await company.leave();
  await expect.poll(sessions, { timeout: 3000 }).toEqual([]);
  await setup.query('rollback');
  expect(events(await records())).toEqual(['report planned', 'report failed']);
});

test.each([0, 3, 6, 9, 12, 20])(
  'an actor that is sent away %i ms after its entrance leaves nothing',
  async (ms) => {
    const stop = new AbortController();
    const { company, records } = await scene(
      { name: 'hot', kind: 'hot-rows' },
      { name: 'crowd', kind: 'churn' },
    );
    const entering = company.before(SOAK, stop.signal).catch(() => undefined);
    await sleep(ms);
    stop.abort(new Error('enough'));
    await entering;
    await company.leave();
    await expect.poll(sessions, { timeout: 3000 }).toEqual([]);
    await records();
  },
);
