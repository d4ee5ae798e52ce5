import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { RunFolder } from '../../../scripts/artifacts/run-folder.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { connect, type PgClient } from '../../../scripts/pg/client.ts';
import type { PgSetting } from '../../../scripts/plan/model.ts';
import type { StepContext } from '../../../scripts/replay/context.ts';
import { Cleanup } from '../../../scripts/shared/cleanup.ts';
import { startTestDatabase, type TestDatabase } from '../database.ts';
import { openStepContext } from './step-context.ts';

/** What a test of a step works with: a fresh database content, a run folder, and the context of a step. */
export interface ReplayBench {
  readonly endpoint: PgEndpoint;
  readonly setup: PgClient;
  readonly folder: RunFolder;
  readonly context: StepContext;
  /** Ends the probes and writers, so that the artifacts are complete. */
  close(): Promise<void>;
}

const TABLES = `drop table if exists orders, items cascade;
  create table orders as select i as id, i % 7 as state, null::text as label from generate_series(1, 20000) i;
  alter table orders add primary key (id);
  create table items (order_id int);
  select pg_stat_force_next_flush();
  analyze`;

/** Registers the hooks of a test file; each test calls the returned function for its own bench. */
export function useReplayBench(settings: readonly PgSetting[] = []): () => ReplayBench {
  let database: TestDatabase;
  let setup: PgClient;
  let bench: ReplayBench;

  beforeAll(async () => {
    database = await startTestDatabase(settings);
    setup = await connect(database.endpoint, 'setup');
  });
  afterAll(async () => {
    await setup.end();
    await database.stop();
  });
  beforeEach(async () => {
    await setup.query(TABLES);
    bench = await openBench(database.endpoint, setup);
  });
  afterEach(async () => {
    await bench.close();
    await rm(bench.folder.path, { recursive: true });
    const { rows } = await setup.query(
      `select application_name from pg_stat_activity where application_name like 'rehearse/%' and pid <> pg_backend_pid()`,
    );
    expect(rows).toEqual([]);
  });
  return () => bench;
}

async function openBench(endpoint: PgEndpoint, setup: PgClient): Promise<ReplayBench> {
  const folder = await RunFolder.create(await mkdtemp(join(tmpdir(), 'replay-test-')));
  const cleanup = new Cleanup();
  const context = await openStepContext(endpoint, folder, cleanup);
  const close = async (): Promise<void> => {
    expect(await cleanup.run()).toEqual([]);
  };
  return { endpoint, setup, folder, context, close };
}
