import type { Result } from '../../scripts/checks/result/contract/result.ts';
import { sampleChecks, sampleStatement, sampleStep } from './sample-parts.ts';
import { noise, ramp, sampleSeconds } from './sample-timeline.ts';

/** A change that is spread over six steps and hurts nobody; other samples are made from it. */
export function passingResult(rest: Partial<Result> = {}): Result {
  return {
    schemaVersion: 1,
    toolVersion: '0.1.0',
    runId: 'split-customer-name-20261122-021407-9f3a',
    rehearsal: 'split-customer-name',
    target: 'embedded',
    startedAt: '2026-11-22T02:14:07.000Z',
    endedAt: '2026-11-22T02:18:19.000Z',
    outcome: 'completed',
    problem: null,
    verdict: 'pass',
    headline:
      'All 6 steps ran: no request failed, none was delayed, the longest stop of the app was 12 ms and the longest hold that stops it 51 ms, p99 stayed at or below 24 ms.',
    findings: [],
    checks: sampleChecks(),
    steps: sampleSteps(),
    compatibility: sampleCompatibility(),
    traffic: {
      old: traffic(29_600),
      dual: traffic(57_300),
      new: traffic(13_900),
    },
    errors: [],
    baseline: { requests: 4000, errors: 0, p50Ms: 2.4, p95Ms: 6.1, p99Ms: 9, maxMs: 14 },
    victimThresholdMs: 27,
    generator: { lagP50Ms: 0.1, lagP99Ms: 1.2, lagMaxMs: 4, reconnects: 0, unfinished: 0 },
    timeline: sampleTimeline(),
    actors: [],
    standby: null,
    environment: {
      hosts: 1,
      hostInfo: [],
      created: { server: 1 },
      engine: null,
      createMs: 1400,
      destroyMs: 220,
      firstStatementMs: 61_200,
      emptyMs: 900,
      leftovers: 0,
      left: [],
      keptUntil: null,
      hours: 0.07,
      price: null,
      cost: null,
      rentedInstead: [],
      postgresVersion: '18.4',
      settings: [
        { name: 'shared_buffers', asked: '1GB', shown: '1GB' },
        { name: 'max_wal_size', asked: '4096MB', shown: '4GB' },
        { name: 'fsync', asked: null, shown: 'on' },
      ],
      machine: { cpus: 2, memoryBytes: 8 * 1024 ** 3, os: 'Linux 6.1' },
    },
    snapshot: {
      kind: 'plain',
      sha256: '41c7b0d5a96e2f381c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f7081e2a9',
      takenAt: '2026-11-20T02:00:00.000Z',
      sourceBytes: 980_000_000,
      bytes: 6_657_199_308,
      restoreMs: 48_000,
      tables: [
        { name: 'public.customers', rows: 4_100_000, bytes: 1_932_735_283 },
        { name: 'public.orders', rows: 3_900_000, bytes: 3_435_973_836 },
      ],
    },
    load: { ratePerSec: 400, connections: 20, seed: 1, versions: ['old', 'dual', 'new'] },
    planSha256: '5f1d2c3b4a59687786958473625140fedcba98765432100123456789abcdef01',
    limits: [
      'Locks and query plans carry over to production; durations that come from hardware and disk do not.',
      'The load was 400 requests/s of 5 scripts as they were written for this rehearsal; it was compared with no production traffic.',
      'The cache was warm: a cold production cache would be slower.',
    ],
    ...rest,
  };
}

function traffic(requests: number): Result['traffic'][string] {
  return { requests, errors: 0, p50Ms: 2.4, p95Ms: 6.6, p99Ms: 12, maxMs: 41 };
}

function sampleSteps(): Result['steps'] {
  return [
    sampleStep({ index: 1, name: 'add-column', statements: [sampleStatement({ lockWaitMs: 9 })] }),
    sampleStep({
      index: 2,
      name: 'deploy-dual',
      phase: 'deploy',
      kind: 'deploy',
      summary: 'old → dual over 30 s',
      durationMs: 30_000,
      fromMs: 24_000,
      toMs: 54_000,
      shown: {},
    }),
    sampleStep({
      index: 3,
      name: 'backfill-name',
      phase: 'backfill',
      kind: 'backfill',
      summary: '4,100,000 rows in 3,412 batches',
      durationMs: 118_000,
      fromMs: 58_000,
      toMs: 176_000,
      backfill: {
        rows: 4_100_000,
        batches: 3412,
        rowsPerSecond: 34_700,
        batchP50Ms: 48,
        batchP99Ms: 71,
        batchTargetMs: 50,
        walBytes: 2_254_857_830,
        pausedMs: 11_000,
        pauseReasons: ["the app's p99 was over 60 ms"],
      },
    }),
    sampleStep({
      index: 4,
      name: 'set-not-null',
      phase: 'switch',
      fromMs: 182_000,
      toMs: 182_040,
      durationMs: 40,
      summary: '4 statements of sql/4-set-not-null.sql',
      statements: safeNotNull(),
    }),
    sampleStep({
      index: 5,
      name: 'deploy-new',
      phase: 'deploy',
      kind: 'deploy',
      summary: 'dual → new over 30 s',
      durationMs: 30_000,
      fromMs: 190_000,
      toMs: 220_000,
      shown: {},
    }),
    sampleStep({
      index: 6,
      name: 'drop-column',
      phase: 'contract',
      pointOfNoReturn: true,
      durationMs: 6,
      fromMs: 226_000,
      toMs: 226_006,
      summary: '1 statement of sql/6-drop-column.sql',
      statements: [
        sampleStatement({
          sql: 'alter table customers drop column name',
          file: 'sql/6-drop-column.sql',
          lockWaitMs: 2,
        }),
      ],
    }),
  ];
}

function safeNotNull(): Result['steps'][number]['statements'] {
  const file = 'sql/4-set-not-null.sql';
  const share = [{ relation: 'public.customers', mode: 'ShareUpdateExclusiveLock' }];
  const sql = [
    'alter table customers add constraint family_name_set\n  check (family_name is not null) not valid',
    'alter table customers validate constraint family_name_set',
    'alter table customers alter column family_name set not null',
    'alter table customers drop constraint family_name_set',
  ];
  return sql.map((text, index) =>
    sampleStatement({
      index: index + 1,
      sql: text,
      file,
      line: index + 1,
      ...(index === 1 ? { locks: share, durationMs: 31, lockHoldMs: 31, blackoutMs: 0 } : {}),
    }),
  );
}

const LIVE: Readonly<Record<string, readonly string[]>> = {
  old: ['start', 'add-column', 'deploy-dual'],
  dual: ['deploy-dual', 'backfill-name', 'set-not-null', 'deploy-new'],
  new: ['deploy-new', 'drop-column'],
};

function sampleCompatibility(): Result['compatibility'] {
  const states = ['start', ...sampleSteps().map(({ name }) => name)];
  return states.flatMap((after, at) =>
    Object.entries(LIVE).flatMap(([version, live]) =>
      ['read-customer', 'edit-customer'].map((script) => {
        const sqlstate = failureOf(version, script, at);
        return { after, version, script, ok: sqlstate === null, sqlstate, live: live.includes(after) };
      }),
    ),
  );
}

/** Position 0 is the start: the new column is missing; from 4 on it is required; after 6 the old one is gone. */
function failureOf(version: string, script: string, at: number): string | null {
  if (version !== 'old' && at === 0) return '42703';
  if (version !== 'new' && at === 6) return '42703';
  return version === 'old' && at >= 4 && script === 'edit-customer' ? '23502' : null;
}

function sampleTimeline(): Result['timeline'] {
  const lock = (
    step: string,
    statement: number,
    fromMs: number,
    toMs: number,
    waitMs = 0,
    mode?: string,
  ) => ({
    step,
    statement,
    relation: 'public.customers',
    mode: mode ?? 'AccessExclusiveLock',
    waitFromMs: fromMs - waitMs,
    fromMs,
    toMs,
  });
  return {
    seconds: sampleSeconds({
      seconds: 252,
      ratePerSec: 400,
      shares: (second) => {
        const dual = ramp(second, 24, 54);
        const current = ramp(second, 190, 220);
        return { old: 1 - dual, dual: dual - current, new: current };
      },
      slowness: (second) => (second >= 58 && second < 176 ? 2.1 : 1),
    }),
    locks: [
      lock('add-column', 1, 20_009, 20_012, 9),
      lock('set-not-null', 1, 182_000, 182_003),
      lock('set-not-null', 2, 182_003, 182_034, 0, 'ShareUpdateExclusiveLock'),
      lock('drop-column', 1, 226_002, 226_005, 2),
    ],
    batches: Array.from({ length: 430 }, (_, batch) => ({
      step: 'backfill-name',
      tMs: 58_000 + batch * 248 + (batch > 280 ? 11_000 : 0),
      rowsPerSecond: 33_000 + 4000 * noise(batch),
      pausedMs: batch === 281 ? 11_000 : 0,
    })),
    lag: [],
  };
}
