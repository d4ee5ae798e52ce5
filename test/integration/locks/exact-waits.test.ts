import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHAIN_POLL_MS, POLL_MS } from '../../../scripts/artifacts/polling.ts';
import { RunFolder } from '../../../scripts/artifacts/run-folder.ts';
import type { ExactWaitRecord } from '../../../scripts/artifacts/records/records.ts';
import { evidence } from '../../../scripts/checks/evidence/evidence-fixture.ts';
import { judgeEvidence } from '../../../scripts/checks/judge.ts';
import { closeQuietly, connect, withConnection, type PgClient } from '../../../scripts/pg/client.ts';
import { ExactWaits } from '../../../scripts/probes/exact-waits.ts';
import { ProbeLife } from '../../../scripts/probes/probe-life.ts';
import { RelationNames } from '../../../scripts/probes/relation-names.ts';
import { uprobes } from '../../../scripts/probes/uprobes.ts';
import type { WaitNews, WaitSourceKind } from '../../../scripts/probes/wait-source.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { RunClock } from '../../../scripts/shared/run-clock.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { needsUprobes } from '../../support/needs.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
  await withConnection(database.endpoint, 'setup', (client) => client.query('create table wanted (id int)'));
});
afterAll(() => database.stop());

let news: WaitNews | undefined;
const dying: WaitSourceKind = {
  tier: 'server-log',
  resolutionMs: 1,
  pollMs: CHAIN_POLL_MS,
  open: (_client, told) => {
    news = told;
    return Promise.resolve({ follow: () => Promise.resolve(), stop: () => Promise.resolve() });
  },
};
const missing: WaitSourceKind = {
  tier: 'uprobes',
  resolutionMs: 0.01,
  pollMs: CHAIN_POLL_MS,
  open: () => Promise.reject(new Error('uprobes need root')),
};
beforeEach(() => {
  news = undefined;
});

/** What is on record after `use`. */
async function recorded(
  kinds: readonly WaitSourceKind[],
  use: (waits: ExactWaits) => Promise<void>,
): Promise<ExactWaitRecord[]> {
  const folder = await RunFolder.create(await mkdtemp(join(tmpdir(), 'exact-waits-')));
  const writer = folder.writer('exact-waits');
  const probes = folder.writer('probes');
  try {
    const clock = new RunClock();
    const life = new ProbeLife(probes, clock, new AbortController().signal);
    const waits = await ExactWaits.start(database.endpoint, kinds, { writer, clock, life });
    await use(waits);
    await waits.stop();
    await writer.close();
    await probes.close();
    return (await folder.read('exact-waits')) ?? [];
  } finally {
    await rm(folder.path, { recursive: true });
  }
}

async function pidOf(client: PgClient): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]!.pid;
}

/** One session waits for another for `ms`. */
async function waitOnce(waits: ExactWaits, ms: number): Promise<void> {
  const migration = await connect(database.endpoint, 'migration');
  const app = await connect(database.endpoint, 'app');
  try {
    await waits.begin(await pidOf(migration));
    await migration.query('begin; lock table wanted');
    const reading = app.query('select from wanted');
    await sleep(ms);
    await migration.query('commit');
    await reading;
    waits.end();
  } finally {
    await Promise.all([migration, app].map(closeQuietly));
  }
}

const canTrace = await needsUprobes();

describe('exact waits', () => {
  it('say why there is none of the better ways, and leave the rest to polling', async () => {
    const records = await recorded([missing], (waits) => {
      expect(waits.isExact).toBe(false);
      return Promise.resolve();
    });
    expect(records).toMatchObject([
      { type: 'tier', tier: 'polling', pollMs: 10, resolutionMs: 5, why: 'uprobes: uprobes need root' },
    ]);
  });

  it('fall back to polling when their source ends half-way, and the report says so', async () => {
    const records = await recorded([missing, dying], async (waits) => {
      expect(waits.isExact).toBe(true);
      await waits.begin(1);
      news?.onEnd('the log cannot be read any more');
      expect(waits.isExact).toBe(false);
      waits.end();
    });
    expect(records).toMatchObject([
      { tier: 'server-log', pollMs: CHAIN_POLL_MS, why: 'uprobes: uprobes need root' },
      { tier: 'polling', pollMs: POLL_MS, why: 'the log cannot be read any more' },
    ]);
    const { waits, limits } = judgeEvidence(evidence({ exactWaits: records }));
    expect(waits?.tier).toBe('polling');
    expect(waits?.note).toMatch(
      /^uprobes: uprobes need root; server-log ended at [\d.]+ m?s: the log cannot be read any more$/,
    );
    expect(limits.join(' ')).toMatch(/shorter waits can be missed.*server-log ended at/);
  });

  it('fall back also when their source ends while it is being opened', async () => {
    const stillborn: WaitSourceKind = {
      ...dying,
      open: (client, told) => {
        told.onEnd('the log is gone');
        return dying.open(client, told);
      },
    };
    const records = await recorded([stillborn], (waits) => {
      expect(waits.isExact).toBe(false);
      return Promise.resolve();
    });
    expect(records).toMatchObject([{ tier: 'server-log' }, { tier: 'polling', why: 'the log is gone' }]);
  });

  it.skipIf(!canTrace)(
    'name the session and the relation of a wait that no poll would see, while the plan is in flight',
    async () => {
      const records = await recorded([uprobes], async (waits) => {
        await waitOnce(waits, 5);
        // What happens between two parts of the plan concerns nobody.
        await sleep(300);
        const clients = await Promise.all(['app', 'app'].map(() => connect(database.endpoint, 'app')));
        const [one, two] = clients as [PgClient, PgClient];
        await one.query('begin; lock table wanted');
        const later = two.query('select from wanted');
        await sleep(20);
        await one.query('commit');
        await later;
        await Promise.all(clients.map(closeQuietly));
      });
      const [tier, ...rest] = records;
      expect(tier).toMatchObject({ type: 'tier', tier: 'uprobes', why: null });
      const seen = rest.filter((record) => record.type === 'wait');
      expect(seen).toMatchObject([
        {
          role: 'app',
          relation: 'public.wanted',
          locktype: 'relation',
          mode: 'AccessShareLock',
          end: 'granted',
        },
      ]);
      expect(rest.some(({ type }) => type === 'release')).toBe(true);
    },
  );
});

describe('names', () => {
  it('are read again where they have changed, by transactions that began before too, and stay as they were', async () => {
    await withConnection(database.endpoint, 'setup', async (client) => {
      await client.query('create schema old; create table old.moved (id int); create table late (id int)');
      const { rows } = await client.query<{ oids: string[] }>(
        `select array['old.moved'::regclass::oid, 'late'::regclass::oid, 'wanted'::regclass::oid]::text[] as oids`,
      );
      const told = (names: RelationNames): (string | undefined)[] =>
        rows[0]!.oids.map((oid) => names.known(Number(oid)));
      const begun = await connect(database.endpoint, 'setup');
      await begun.query('begin; alter table late rename to later');
      const before = await new RelationNames(client).asOfNow();
      await client.query('alter schema old rename to new; alter table wanted rename to unwanted');
      await begun.query('commit');
      const after = await before.asOfNow();
      expect(told(before)).toEqual(['old.moved', 'public.late', 'public.wanted']);
      expect(told(after)).toEqual(['new.moved', 'public.later', 'public.unwanted']);
      await client.query('alter table unwanted rename to wanted');
      expect(told(await after.asOfNow())).toEqual(['new.moved', 'public.later', 'public.wanted']);
      await begun.end();
    });
  });
});
