import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ProbeRecord, RollbackRecord } from '../../../scripts/artifacts/records/records.ts';
import { RunFolder } from '../../../scripts/artifacts/run-folder.ts';
import type { PgClient } from '../../../scripts/pg/client.ts';
import { parseWorkload } from '../../../scripts/load/scripts/parse-workload.ts';
import type { AppVersion, Step } from '../../../scripts/plan/model.ts';
import { ProbeLife } from '../../../scripts/probes/probe-life.ts';
import { RollbackProbe } from '../../../scripts/probes/rollback/rollback-probe.ts';
import { RunClock } from '../../../scripts/shared/run-clock.ts';
import type { TestDatabase } from '../database.ts';

interface RollbackBench {
  readonly database: TestDatabase;
  readonly setup: PgClient;
}

const { signal } = new AbortController();
const BASE = { phase: 'expand', retries: 0, retryPauseMs: 1, pointOfNoReturn: false } as const;

/** A step, and the SQL that is done while it runs. */
export type Played = readonly [step: Step, sql: string];

export function sql(name: string, text: string, way?: string): Played {
  const files = [{ file: `${name}.sql`, text }];
  const back = way === undefined ? {} : { way: { kind: 'back', of: way } as const };
  return [{ ...BASE, kind: 'sql', name, files, transaction: 'as-written', ...back }, text];
}
/** What the app writes meanwhile. */
export function soak(during: string): Played {
  return [{ ...BASE, kind: 'soak', name: 'soak', forMs: 0 }, during];
}
export function deploy(name: string, to: string, during: string, way?: string): Played {
  const back = way === undefined ? {} : { way: { kind: 'back', of: way } as const };
  return [{ ...BASE, kind: 'deploy', name, to, strategy: 'rolling', overMs: 0, ...back }, during];
}

/** What the probe leaves of a plan on a database that holds only this schema. */
export async function rollbackRecords(
  { database, setup }: RollbackBench,
  schema: string,
  versions: readonly AppVersion[],
  steps: readonly Played[],
): Promise<RollbackRecord[]> {
  await setup.query(
    `drop schema if exists shop cascade; drop schema public cascade; create schema public; ${schema}`,
  );
  const dir = await mkdtemp(join(tmpdir(), 'rollback-probe-'));
  const folder = await RunFolder.create(join(dir, 'run'));
  const writer = folder.writer('rollback');
  const lives = folder.writer('probes');
  const clock = new RunClock();
  const life = new ProbeLife(lives, clock, signal);
  const plan = steps.map(([step]) => step);
  // Some tests only name what a version writes: such a script cannot be asked.
  const scripts = (versions[0]?.scripts ?? []).flatMap((script) => {
    const parsed = parseWorkload(script, script.path);
    return 'script' in parsed ? [parsed.script] : [];
  });
  const old = { login: database.endpoint, scripts, pools: new Map<string, string[]>(), seed: 1 };
  const probe = await RollbackProbe.start(
    { endpoint: database.endpoint, plan, versions, old, writer, clock, life },
    signal,
  );
  for (const [step, text] of steps) {
    await probe.before(step, signal);
    if (text !== '') await setup.query(text);
    await probe.after(step, signal);
  }
  await probe.stop();
  await writer.close();
  await lives.close();
  const ends = ((await folder.read('probes')) ?? []).map(
    ({ event, message }: ProbeRecord) => message ?? event,
  );
  expect(ends).toEqual(['started', 'stopped']);
  const all = (await folder.read('rollback')) ?? [];
  await rm(dir, { recursive: true });
  return all;
}
