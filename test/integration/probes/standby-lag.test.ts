import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ServerRecord } from '../../../scripts/artifacts/records/records.ts';
import { RunFolder } from '../../../scripts/artifacts/run-folder.ts';
import { withConnection } from '../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { ProbeLife } from '../../../scripts/probes/probe-life.ts';
import { ServerProbe } from '../../../scripts/probes/server-probe.ts';
import { RunClock } from '../../../scripts/shared/run-clock.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestStandby, type TestStandby } from '../../support/database/standby.ts';
import { needsSystemPostgres, SYSTEM_POSTGRES } from '../../support/database/system-postgres.ts';

const PATIENCE = { timeout: 30_000, interval: 50 };

describe.skipIf(!needsSystemPostgres('for pg_basebackup, to make a standby'))(
  'the lag of a real standby',
  () => {
    let primary: TestDatabase;
    let standby: TestStandby;
    let folder: RunFolder;
    let stopProbe: () => Promise<void>;
    let seen: ServerRecord[];

    beforeAll(async () => {
      primary = await startTestDatabase([], SYSTEM_POSTGRES.version);
      await query(primary.endpoint, 'create table t as select generate_series(1, 1000) as n');
      standby = await startTestStandby(primary.endpoint, SYSTEM_POSTGRES.binDir);
    });
    afterAll(async () => {
      await standby.remove();
      await primary.stop();
    });

    beforeEach(async () => {
      folder = await RunFolder.create(await mkdtemp(join(tmpdir(), 'rehearse-lag-')));
      seen = [];
      const writers = { server: folder.writer('server'), probes: folder.writer('probes') };
      const clock = new RunClock();
      const sinks = {
        writer: writers.server,
        clock,
        life: new ProbeLife(writers.probes, clock, new AbortController().signal),
      };
      const probe = await ServerProbe.start(primary.endpoint, sinks, (record) => seen.push(record));
      stopProbe = async () => {
        await probe.stop();
        await writers.server.close();
        await writers.probes.close();
      };
    });
    afterEach(async () => {
      await stopProbe();
      await rm(folder.path, { recursive: true });
    });

    /** The first record from now on for which it holds. */
    async function next(holds: (record: ServerRecord) => boolean): Promise<ServerRecord> {
      const from = seen.length;
      return vi.waitFor(() => {
        const found = seen.slice(from).find(holds);
        if (found === undefined) throw new Error(`not yet: ${JSON.stringify(seen.at(-1))}`);
        return found;
      }, PATIENCE);
    }

    test('an idle one is not behind at all', async () => {
      const { tMs, walBytes, databaseBytes, ...lags } = await next(({ writeLagMs }) => writeLagMs === 0);
      expect([tMs, walBytes, databaseBytes].every((figure) => figure >= 0)).toBe(true);
      expect(lags).toEqual({
        writeLagMs: 0,
        flushLagMs: 0,
        replayLagMs: 0,
        writeLagBytes: 0,
        flushLagBytes: 0,
        replayLagBytes: 0,
      });
    });

    test('one that keeps up has the lags that PostgreSQL measured, in order', async () => {
      const over = new AbortController();
      const writing = (async () => {
        while (!over.signal.aborted) await query(primary.endpoint, 'update t set n = n + 1');
      })();
      const record = await next(({ replayLagMs }) => (replayLagMs ?? 0) > 0).finally(() => {
        over.abort();
        return writing;
      });
      expect(record.replayLagMs).toBeLessThan(5000);
      expect(record.writeLagMs).toBeLessThanOrEqual(record.flushLagMs ?? 0);
      expect(record.flushLagMs).toBeLessThanOrEqual(record.replayLagMs ?? 0);
    });

    test('one whose replay is stuck falls behind as long as it is stuck, and has written and flushed all the same', async () => {
      await next(({ replayLagBytes }) => replayLagBytes === 0);
      await query(standby.endpoint, 'select pg_wal_replay_pause()');
      await query(primary.endpoint, 'update t set n = n + 1');
      const stuckMs = seen.at(-1)?.tMs ?? 0;
      const stuck = await next(({ replayLagMs }) => (replayLagMs ?? 0) > 2000);
      expect(stuck.tMs - stuckMs).toBeLessThan(6000);
      expect(stuck.replayLagBytes).toBeGreaterThan(10_000);
      expect(stuck).toMatchObject({ writeLagBytes: 0, flushLagBytes: 0 });
      expect(stuck.flushLagMs).toBeLessThan(1000);

      await query(standby.endpoint, 'select pg_wal_replay_resume()');
      await next(({ replayLagBytes }) => replayLagBytes === 0);
      expect((await next(() => true)).replayLagMs).toBeLessThan(1000);
    });

    test('while it is away its lag is not known, and when it is back it is', async () => {
      await standby.stop();
      await next(({ replayLagMs }) => replayLagMs === null);
      await query(primary.endpoint, 'update t set n = n + 1');
      await next(() => true);
      await next(() => true);
      await standby.start();
      await next(({ replayLagBytes }) => replayLagBytes !== null);
      expect(await next(({ replayLagBytes }) => replayLagBytes === 0)).toMatchObject({ writeLagBytes: 0 });
      const away = seen.findIndex(({ replayLagMs }) => replayLagMs === null);
      expect(seen[away]).toMatchObject({
        writeLagMs: null,
        flushLagMs: null,
        replayLagMs: null,
        writeLagBytes: null,
        flushLagBytes: null,
        replayLagBytes: null,
      });
    });
  },
);

async function query(endpoint: PgEndpoint, sql: string): Promise<void> {
  await withConnection(endpoint, 'setup', (client) => client.query(sql));
}
