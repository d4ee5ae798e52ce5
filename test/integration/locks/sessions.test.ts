import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readWaits } from '../../../scripts/artifacts/sightings.ts';
import type { ProbeRecord, WaitRecord } from '../../../scripts/artifacts/records/records.ts';
import { RunFolder } from '../../../scripts/artifacts/run-folder.ts';
import { connect, withConnection, type PgClient } from '../../../scripts/pg/client.ts';
import { LockWatch, type WatchTarget } from '../../../scripts/probes/lock-watch.ts';
import { ProbeLife } from '../../../scripts/probes/probe-life.ts';
import { RunClock } from '../../../scripts/shared/run-clock.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { asStranger } from '../../support/database/stranger.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase([{ name: 'max_prepared_transactions', value: '5' }]);
  await withConnection(database.endpoint, 'setup', (client) =>
    client.query('create table items as select i as id, 0 as n from generate_series(1, 10) i'),
  );
});
afterAll(async () => {
  await database.stop();
});

const PLAN: WatchTarget = { step: 'one', heldBy: null };

/** What the watch wrote while `use` went on. */
async function watched(
  use: () => Promise<void>,
  target: WatchTarget = PLAN,
): Promise<{ waits: WaitRecord[]; probes: ProbeRecord[] }> {
  const folder = await RunFolder.create(await mkdtemp(join(tmpdir(), 'sessions-')));
  const clock = new RunClock();
  const writers = {
    waits: folder.writer('waits'),
    locks: folder.writer('locks'),
    life: folder.writer('probes'),
  };
  try {
    const life = new ProbeLife(writers.life, clock, new AbortController().signal);
    const watch = await LockWatch.start(database.endpoint, { ...writers, clock, life });
    await watch.during(target, use);
    await watch.stop();
    for (const writer of Object.values(writers)) await writer.close();
    return { waits: (await readWaits(folder)) ?? [], probes: (await folder.read('probes')) ?? [] };
  } finally {
    await rm(folder.path, { recursive: true });
  }
}

/** `waiter` wants what `holder` has, for a while. */
async function block(
  holder: Pick<PgClient, 'query'>,
  waiter: PgClient,
  hold = 'lock table items',
): Promise<void> {
  await holder.query(`begin; ${hold}`);
  const asked = waiter.query('update items set n = n + 1 where id = 1');
  await sleep(150);
  await holder.query('rollback');
  await asked;
}

/** Each pair of roles that was seen, with the name of whoever was in the way. */
function seen(waits: readonly WaitRecord[]): string[] {
  const names = waits.flatMap(({ sessions = [] }) => sessions.map(({ applicationName }) => applicationName));
  const pairs = waits.flatMap(({ role, blockedBy }) =>
    blockedBy.map((other) => `${role} behind ${other.role}`),
  );
  return [...new Set(pairs), ...new Set(names)];
}

it.each([
  "set application_name = 'deploy'",
  "set application_name = 'rehearse/probe'",
  'discard all',
  'reset application_name',
  "set session authorization default; set application_name = ''",
])('knows the plan and the app after: %s', async (renames) => {
  const plan = await connect(database.endpoint, 'migration');
  const app = await connect(database.endpoint, 'app');
  await plan.query(renames);
  await app.query(renames);
  const { waits } = await watched(() => block(plan, app));
  expect(seen(waits)).toEqual(['app behind migration', 'rehearse/migration']);
  await Promise.all([plan.end(), app.end()]);
});

it('takes nobody for one of ours who only calls himself so', async () => {
  const app = await connect(database.endpoint, 'app');
  await asStranger(database.endpoint, 'rehearse/app', async (stranger) => {
    const { waits } = await watched(() => block(stranger, app));
    expect(seen(waits)).toEqual(['app behind other', 'rehearse/app']);
  });
  await app.end();
});

it('knows the sessions of a command by their coming while it runs, whatever they call themselves', async () => {
  const app = await connect(database.endpoint, 'app');
  const { waits } = await watched(
    () => asStranger(database.endpoint, 'rehearse/app', (tool) => block(tool, app)),
    { step: 'tool', heldBy: 0 },
  );
  expect(seen(waits)).toEqual(['app behind command', 'rehearse/app']);
  await app.end();
});

it('names the prepared transaction that others wait for', async () => {
  const plan = await connect(database.endpoint, 'migration');
  const app = await connect(database.endpoint, 'app');
  const { waits } = await watched(async () => {
    await plan.query("begin; update items set n = 5; prepare transaction 'half done'");
    const asked = app.query('update items set n = 6 where id = 1');
    await sleep(100);
    await plan.query("rollback prepared 'half done'");
    await asked;
  });
  expect(seen(waits)).toEqual(['app behind prepared', 'half done']);
  await Promise.all([plan.end(), app.end()]);
});

it('looks on after its own session was ended or cancelled, without a gap', async () => {
  const plan = await connect(database.endpoint, 'migration');
  const app = await connect(database.endpoint, 'app');
  const others = "from pg_stat_activity where pid <> all($1) and backend_type = 'client backend'";
  const { rows } = await app.query<{ pid: number }>('select pg_backend_pid() as pid');
  const { rows: own } = await plan.query<{ pid: number }>('select pg_backend_pid() as pid');
  const spared = [[rows[0]?.pid, own[0]?.pid]];
  const { waits, probes } = await watched(async () => {
    for (let round = 0; round < 3; round++) {
      await plan.query(`select pg_terminate_backend(pid) ${others}`, spared);
      await plan.query(`select pg_cancel_backend(pid) ${others}`, spared);
      await sleep(50);
    }
    await block(plan, app);
  });
  expect(seen(waits)).toEqual(['app behind migration', 'rehearse/migration']);
  expect(probes.map(({ event }) => event)).toEqual(['started', 'stopped']);
  await Promise.all([plan.end(), app.end()]);
});

it('says how long it could not look, and dies with the reason when it cannot come back', async () => {
  const plan = await connect(database.endpoint, 'migration');
  const user = `"${database.endpoint.user}"`;
  const { probes } = await watched(async () => {
    await plan.query(`alter role ${user} nologin`);
    await plan.query('select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()');
    await sleep(600);
    await plan.query(`alter role ${user} login`);
    await sleep(1000);
  });
  expect(probes.map(({ event }) => event)).toEqual(['started', 'gap', 'stopped']);
  expect(probes[1]).toMatchObject({
    probe: 'waits',
    // Where a question was just being written, the socket's error hides the server's last words.
    message: expect.stringMatching(/terminating connection|write EPIPE|ECONNRESET/) as string,
  });
  expect(probes[1]?.awayMs).toBeGreaterThan(500);
  await plan.end();
});

it('is not refused by an event trigger of the snapshot, while the plan is', async () => {
  const refuse = `create function no_ddl() returns event_trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
                  create event trigger no_ddl on ddl_command_start execute function no_ddl()`;
  await withConnection(database.endpoint, 'setup', async (client) => {
    await client.query(refuse);
    await client.query('create table made (a int)');
    const plan = withConnection(database.endpoint, 'migration', (own) => own.query('drop table made'));
    await expect(plan).rejects.toThrow('raise_exception');
    await client.query('drop table made; drop event trigger no_ddl; drop function no_ddl()');
  });
});

it('lives under none of the rehearsed settings, while app and plan do', async () => {
  // None of these times passes here: whoever lives under them shows them.
  const hostile = [
    "statement_timeout = '1min'",
    "lock_timeout = '1min'",
    "idle_in_transaction_session_timeout = '1min'",
    "idle_session_timeout = '1min'",
    'default_transaction_read_only = on',
    "default_transaction_isolation = 'serializable'",
    'search_path = nowhere',
    'row_security = off',
    'role = nobody_at_all',
  ];
  await withConnection(database.endpoint, 'setup', async (client) => {
    await client.query('create role nobody_at_all');
    for (const setting of hostile)
      await client.query(`alter database ${database.endpoint.database} set ${setting}`);
  });
  const shown = `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
                        current_setting('idle_session_timeout') as idle, current_setting('transaction_read_only') as "readOnly",
                        current_user = session_user as "isOwn"`;
  try {
    for (const role of ['probe', 'setup'] as const)
      await withConnection(database.endpoint, role, async (client) => {
        const { rows } = await client.query(shown);
        expect(rows).toEqual([{ statement: '0', lock: '0', idle: '0', readOnly: 'off', isOwn: true }]);
      });
    await withConnection(database.endpoint, 'app', async (client) => {
      const { rows } = await client.query(shown);
      expect(rows).toEqual([{ statement: '1min', lock: '1min', idle: '1min', readOnly: 'on', isOwn: false }]);
    });
    const { probes } = await watched(() => sleep(200));
    expect(probes.map(({ event }) => event)).toEqual(['started', 'stopped']);
  } finally {
    await withConnection(database.endpoint, 'setup', (client) =>
      client.query(`alter database ${database.endpoint.database} reset all`),
    );
  }
});
