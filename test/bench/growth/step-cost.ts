import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunFolder } from '../../../scripts/artifacts/run-folder.ts';
import { withConnection, type PgClient } from '../../../scripts/pg/client.ts';
import { WarmConnection } from '../../../scripts/pg/warm-connection.ts';
import type { SqlStep } from '../../../scripts/plan/model.ts';
import { KnownNames } from '../../../scripts/probes/touched/known-names.ts';
import { UpdateCounts } from '../../../scripts/probes/update-counts.ts';
import { runSqlStep } from '../../../scripts/replay/steps/sql-step.ts';
import { Cleanup } from '../../../scripts/shared/cleanup.ts';
import { openStepContext } from '../../support/replay/step-context.ts';
import { median } from '../support/figures.ts';
import { withBenchServer } from '../support/server.ts';

const STATEMENTS = 100;
const BARE_STATEMENTS = 20;
const ONE_STEPS = 5;
const PER_TRANSACTION = 500;

/** What rehearsing takes on top of the statements themselves; milliseconds, on the clock. */
export interface StepCost {
  /** Of a statement that changes one table's catalog, in a step of a hundred. */
  readonly statementMs: number;
  /** Of one that cannot run inside a transaction block, and is compared from outside. */
  readonly bareMs: number;
  /** Of a step with one statement, with all looks before and behind it. Median. */
  readonly stepMs: number;
}

/** Runs steps on a server of its own with so many tables, each with a primary key: three relations. */
export async function stepCost(tables: number): Promise<StepCost> {
  return withBenchServer(async ({ endpoint }) => {
    await withConnection(endpoint, 'setup', (client) => makeTables(client, tables));
    const cleanup = new Cleanup();
    const path = await mkdtemp(join(tmpdir(), 'rehearse-growth-'));
    cleanup.add('run folder', () => rm(path, { recursive: true }));
    try {
      const context = await openStepContext(endpoint, await RunFolder.create(path), cleanup);
      const {
        clock,
        schema: { touched },
      } = context;
      const writer = (await RunFolder.create(join(path, 'counts'))).writer('schema');
      cleanup.add('counts', () => writer.close());
      const connection = new WarmConnection(endpoint);
      cleanup.add('looking connection', () => connection.close());
      const updateCounts = new UpdateCounts({ connection, clock, touched, writer });
      const names = new KnownNames(touched);
      const took = async (name: string, sql: readonly string[]): Promise<number> => {
        const startMs = performance.now();
        await updateCounts.look(name, 'before', context.signal);
        await context.schema.stepBegins(name);
        await runSqlStep(sqlStep(name, sql), context, () => undefined);
        await updateCounts.look(name, 'after', context.signal);
        await connection.use((client) => names.learn(client));
        await context.schema.afterStep(name);
        return performance.now() - startMs;
      };
      const sql = Array.from({ length: STATEMENTS }, (_, at) => changeOf((at * 7) % tables, at));
      await took('warm-up', sql.slice(0, 1));
      const steps: number[] = [];
      for (let at = 0; at < ONE_STEPS; at++) steps.push(await took(`one-${at}`, sql.slice(at, at + 1)));
      const stepMs = median(steps);
      const perStatement = async (name: string, all: readonly string[]): Promise<number> => {
        const manyMs = await took(name, all);
        const plainMs = await withConnection(endpoint, 'setup', (client) => plainly(client, all));
        return (manyMs - stepMs - plainMs) / (all.length - 1);
      };
      const bare = Array.from({ length: BARE_STATEMENTS }, (_, at) => `vacuum t_${(at * 7) % tables};`);
      return {
        stepMs,
        statementMs: await perStatement('many', sql),
        bareMs: await perStatement('bare', bare),
      };
    } finally {
      await cleanup.run();
    }
  });
}

async function makeTables(client: PgClient, tables: number): Promise<void> {
  for (let from = 0; from < tables; from += PER_TRANSACTION) {
    const last = Math.min(tables, from + PER_TRANSACTION) - 1;
    await client.query(
      `do $$ begin for i in ${from}..${last} loop
         execute format('create table t_%s (id int primary key, note text)', i);
       end loop; end $$`,
    );
  }
  await client.query('vacuum analyze pg_class');
}

function changeOf(table: number, target: number): string {
  return `alter table t_${table} alter note set statistics ${target + 1};`;
}

async function plainly(client: PgClient, sql: readonly string[]): Promise<number> {
  const startMs = performance.now();
  for (const one of sql) await client.query(one);
  return performance.now() - startMs;
}

function sqlStep(name: string, sql: readonly string[]): SqlStep {
  return {
    name,
    phase: 'expand',
    kind: 'sql',
    transaction: 'as-written',
    pointOfNoReturn: false,
    retries: 0,
    retryPauseMs: 100,
    files: [{ file: 'sql/step.sql', text: sql.join('\n') }],
  };
}
