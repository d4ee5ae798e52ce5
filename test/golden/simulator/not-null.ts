import { rm } from 'node:fs/promises';
import { RunFolder } from '../../../scripts/artifacts/run-folder.ts';
import { sealRun } from '../../../scripts/artifacts/seal.ts';
import {
  REQUEST_COLUMNS,
  type StatementRecord,
  type WaitRecord,
} from '../../../scripts/artifacts/records/records.ts';
import { simulateApp } from './app.ts';
import { PLAN, scripts, TABLE, writeDocuments } from './not-null-documents.ts';

/*
 * Writes the artifacts of a run that never was: a column is added (behind a reader, with one try that lock_timeout
 * ended), filled and made NOT NULL the naive way, and dropped. Run it with
 *   npx tsx test/golden/simulator/not-null.ts <folder>
 */

const PID = 42;
const lock = (mode: string) => ({ relation: TABLE, mode, existedBefore: true });

function statement(
  rest: Partial<StatementRecord> & Pick<StatementRecord, 'step' | 'sql' | 'sentMs' | 'respondedMs'>,
): StatementRecord {
  const mode = rest.newLocks ?? [lock('AccessExclusiveLock')];
  return {
    type: 'statement',
    index: 1,
    attempt: 1,
    file: PLAN.find(({ name }) => name === rest.step)?.files[0] ?? '',
    line: 1,
    command: 'ALTER TABLE',
    releasedMs: rest.respondedMs,
    rows: null,
    capture: 'transaction',
    locks: mode,
    newLocks: mode,
    rewrote: [],
    walBytes: 8192,
    sizeChangeBytes: 0,
    pid: PID,
    error: null,
    ...rest,
  };
}

/** The migration behind a reader, seen every 10 ms. */
function ownWaits(fromMs: number, toMs: number): WaitRecord[] {
  return Array.from({ length: Math.floor((toMs - fromMs) / 10) }, (_, poll) => ({
    tMs: fromMs + 5 + poll * 10,
    pid: PID,
    role: 'migration' as const,
    relation: TABLE,
    locktype: 'relation',
    mode: 'AccessExclusiveLock',
    sinceMs: fromMs,
    blockedBy: [{ pid: 77, role: 'other' as const }],
  }));
}

const END_MS = 24_000;
const DROPPED_MS = 20_002;
const app = simulateApp({
  ratePerSec: 60,
  connections: 8,
  fromMs: 1000,
  toMs: END_MS,
  seed: 20_261_122,
  serviceMs: 3.2,
  scripts: 2,
  stalls: [
    { fromMs: 5010, toMs: 5110 },
    { fromMs: 5412, toMs: 5446 },
    { fromMs: 16_004, toMs: 18_194 },
  ],
  versionAt: (atMs, random) => (random < (atMs - 6000) / 4000 ? 1 : 0),
  outcomeAt: (atMs, version) => (atMs >= DROPPED_MS && version === 0 ? '42703' : 0),
});

const lockTimeout = {
  sqlstate: '55P03',
  message: 'canceling statement due to lock timeout',
  hint: null,
  file: 'sql/1-add.sql',
  line: 1,
  excerpt: null,
};
const ADD = 'alter table customers add column family_name text';

const steps = [
  { type: 'step-start', step: 'add-column', tMs: 5000 },
  statement({step: 'add-column', sql: ADD, sentMs: 5010, respondedMs: 5110, command: null,
    capture: 'none',
      newLocks: [],
      locks: [],
      walBytes: null,
      sizeChangeBytes: null,
      error: lockTimeout,
  }),
  { type: 'attempt', step: 'add-column', attempt: 1, tMs: 5111, error: lockTimeout, pauseMs: 300 },
  statement({
    step: 'add-column',
    sql: ADD,
    attempt: 2,
    sentMs: 5412,
    respondedMs: 5445.4,
    releasedMs: 5446,
  }),
  {
    type: 'step-end',
    step: 'add-column',
    tMs: 5450,
    status: 'ok',
    attempts: 2,
    error: null,
    shown: { lock_timeout: '100ms' },
  },
  { type: 'step-start', step: 'deploy-new', tMs: 6000 },
  { type: 'step-end', step: 'deploy-new', tMs: 10_000, status: 'ok', attempts: 1, error: null, shown: {} },
  { type: 'step-start', step: 'backfill-name', tMs: 11_000 },
  { type: 'step-end', step: 'backfill-name', tMs: 15_500, status: 'ok', attempts: 1, error: null, shown: {} },
  { type: 'step-start', step: 'set-not-null', tMs: 16_000 },
  statement({step: 'set-not-null', sql: 'alter table customers\n  alter column family_name set not null',
    sentMs: 16_004, respondedMs: 18_193.4, releasedMs: 18_194,
  }),
  {
    type: 'step-end',
    step: 'set-not-null',
    tMs: 18_196,
    status: 'ok',
    attempts: 1,
    error: null,
    shown: { lock_timeout: '0' },
  },
  { type: 'step-start', step: 'drop-column', tMs: 20_000 },
  statement({
    step: 'drop-column',
    sql: 'alter table customers drop column name',
    sentMs: 20_001,
    respondedMs: 20_001.8,
    releasedMs: DROPPED_MS,
  }),
  {
    type: 'step-end',
    step: 'drop-column',
    tMs: 20_004,
    status: 'ok',
    attempts: 1,
    error: null,
    shown: { lock_timeout: '0' },
  },
] as const;

const batches = Array.from({ length: 60 }, (_, index) => ({
  step: 'backfill-name',
  batch: index + 1,
  startMs: 11_010 + index * 60 + (index >= 30 ? 800 : 0),
  endMs: 11_010 + index * 60 + 40 + (index % 7) * 2 + (index >= 30 ? 800 : 0),
  rows: 2000 + (index % 5) * 50,
  covered: 2100,
  estimatedTotal: 126_000,
  walBytes: 980_000 + index * 100,
  pausedMs: index === 30 ? 800 : 0,
  pauseReason: index === 30 ? 'p99 of the last second was 64 ms' : null,
  attempts: 1,
}));

/** Which scripts work after which step: old reads `name`, new reads `family_name`. */
const matrix = ['start', ...PLAN.map(({ name }) => name)].flatMap((after, column) =>
  ['old', 'new'].flatMap((version) =>
    ['edit-customer', 'read-customer'].map((script) => {
      const ok = version === 'old' ? column < 5 : column > 0;
      const message = ok ? null : `column "${version === 'old' ? 'name' : 'family_name'}" does not exist`;
      return { after, version, script, ok, sqlstate: ok ? null : '42703', message };
    }),
  ),
);

/** Writes the whole run; whatever was in the folder is lost. */
async function writeNotNullRun(path: string): Promise<RunFolder> {
  await rm(path, { recursive: true, force: true });
  const folder = await RunFolder.create(path);
  await rm(folder.file('plan'), { recursive: true });
  await writeDocuments(folder);
  const header = {
    type: 'header' as const,
    columns: REQUEST_COLUMNS,
    versions: ['old', 'new'],
    scripts: [scripts.map(({ name }) => name), scripts.map(({ name }) => name)],
  };
  const waits = [...app.waits, ...ownWaits(5010, 5110), ...ownWaits(5412, 5440)];
  const life = (['requests', 'waits', 'server', 'compatibility'] as const).flatMap((probe, position) => [
    { probe, event: 'started' as const, tMs: 900 + position, message: null },
    { probe, event: 'stopped' as const, tMs: END_MS + 300 + position, message: null },
  ]);
  const server = Array.from({ length: 23 }, (_, second) => ({
    tMs: 1000 + second * 1000,
    walBytes: second * 2_000_000,
    databaseBytes: 214_000_000 + second * 1_000_000,
    replayLagMs: second > 9 && second < 16 ? 80 + second * 20 : 3,
    replayLagBytes: 0,
  }));
  await write(folder, 'steps', steps);
  await write(
    folder,
    'waits',
    waits.toSorted((a, b) => a.tMs - b.tMs),
  );
  await write(folder, 'locks', []);
  await write(folder, 'requests', [header, ...app.rows]);
  await write(folder, 'load', [
    { type: 'started', tMs: 990 },
    { type: 'baseline', fromMs: 2000, toMs: 4990 },
    { type: 'shares', tMs: 6000, shares: { old: 0.9, new: 0.1 } },
    { type: 'stopped', tMs: END_MS + 200, unfinished: 0 },
  ]);
  await write(folder, 'batches', batches);
  await write(folder, 'compatibility', matrix);
  await write(folder, 'server', server);
  await write(folder, 'probes', life);
  const run = await folder.readDocument('run');
  if (run) await sealRun(folder, run);
  return folder;
}

async function write<K extends Parameters<RunFolder['writer']>[0]>(
  folder: RunFolder,
  name: K,
  records: readonly Parameters<ReturnType<typeof folder.writer<K>>['write']>[0][],
): Promise<void> {
  const writer = folder.writer(name);
  for (const record of records) writer.write(record);
  await writer.close();
}

const [, script, path] = process.argv;
if (script?.endsWith('not-null.ts') === true && path !== undefined) await writeNotNullRun(path);
