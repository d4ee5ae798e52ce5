import type { MovedColumn } from '../../artifacts/records/of-plan/moved-column.ts';
import type {
  CompatibilityRecord,
  LockEntry,
  PlannedStep,
  RequestRow,
  RunRecord,
  StatementRecord,
  StepError,
  StepEvent,
  WaitRecord,
} from '../../artifacts/records/records.ts';
import { REQUEST_COLUMNS } from '../../artifacts/records/records.ts';
import { RequestTableBuilder, type RequestTable } from './request-table.ts';
import type { Evidence } from './evidence.ts';

/* Small, typed pieces of evidence for tests: every piece is whole, and a test names only what it is about. */

export function plannedStep(name: string, rest: Partial<PlannedStep> = {}): PlannedStep {
  return {
    name,
    phase: 'expand',
    kind: 'sql',
    pointOfNoReturn: false,
    files: [`sql/${name}.sql`],
    deploy: null,
    batchTargetMs: null,
    hasRollback: false,
    ...rest,
  };
}

export function deployStep(name: string, to: string): PlannedStep {
  return plannedStep(name, {
    phase: 'deploy',
    kind: 'deploy',
    files: [],
    deploy: { to, strategy: 'rolling', overMs: 1000 },
  });
}

export function runRecord(rest: Partial<RunRecord> = {}): RunRecord {
  return {
    schemaVersion: 1,
    runId: 'sample-20261122-021407-9f3a',
    rehearsal: 'sample',
    target: 'embedded',
    toolVersion: '0.1.0',
    startedAt: '2026-11-22T02:14:07.000Z',
    endedAt: '2026-11-22T02:15:07.000Z',
    outcome: 'completed',
    problem: null,
    seed: 1,
    load: {
      ratePerSec: 200,
      connections: 20,
      warmupMs: 1000,
      versions: [{ name: 'old', scripts: [{ name: 'read', weight: 1 }] }],
    },
    budgets: {},
    standby: false,
    plan: [plannedStep('alter')],
    planSha256: 'a'.repeat(64),
    seal: { files: [], sha256: 'c'.repeat(64) },
    ...rest,
  };
}

export function stepWindow(step: string, fromMs: number, toMs: number, rest: object = {}): StepEvent[] {
  return [
    { type: 'step-start', step, tMs: fromMs },
    { type: 'step-end', step, tMs: toMs, status: 'ok', attempts: 1, error: null, shown: {}, ...rest },
  ];
}

export const EXCLUSIVE: LockEntry = {
  relation: 'public.customers',
  mode: 'AccessExclusiveLock',
  existedBefore: true,
};

/** One statement of step `alter` by backend 42 that holds ACCESS EXCLUSIVE on customers. */
export function statementRecord(rest: Partial<StatementRecord> = {}): StatementRecord {
  const sentMs = rest.sentMs ?? 5000;
  const respondedMs = rest.respondedMs ?? sentMs + 1;
  return {
    type: 'statement',
    step: 'alter',
    index: 1,
    attempt: 1,
    file: 'sql/alter.sql',
    line: 1,
    sql: 'alter table customers alter column name set not null',
    command: 'ALTER TABLE',
    sentMs,
    respondedMs,
    releasedMs: rest.releasedMs ?? respondedMs,
    rows: null,
    capture: 'transaction',
    newLocks: [EXCLUSIVE],
    rewrote: [],
    walBytes: 0,
    sizeChangeBytes: 0,
    pid: 42,
    error: null,
    ...rest,
  };
}

export function stepError(sqlstate: string, message: string): StepError {
  return { sqlstate, message, hint: null, file: 'sql/alter.sql', line: 1, excerpt: null };
}

/** A wait of an app session behind backend 42, as one poll saw it. */
export function waitRecord(rest: Partial<WaitRecord> & Pick<WaitRecord, 'tMs' | 'sinceMs'>): WaitRecord {
  return {
    pid: 1000,
    role: 'app',
    relation: 'public.customers',
    locktype: 'relation',
    mode: 'RowExclusiveLock',
    blockedBy: [{ pid: 42, role: 'migration' }],
    ...rest,
  };
}

export function requestTable(
  rows: readonly RequestRow[],
  versions: readonly string[] = ['old'],
  scripts: readonly (readonly string[])[] = [['read']],
): RequestTable {
  const builder = new RequestTableBuilder();
  for (const record of [{ type: 'header', columns: REQUEST_COLUMNS, versions, scripts }, ...rows]) {
    const mistake = builder.add(record);
    if (mistake !== undefined) throw new TypeError(mistake);
  }
  return builder.build();
}

/** A request of `old/read` that was sent when it was due. */
export function request(intendedMs: number, endMs: number, outcome: 0 | string = 0, pid = 0): RequestRow {
  return [intendedMs, intendedMs, intendedMs, endMs, 0, 0, outcome, pid];
}

/** `name` of customers, which the plan renames; nothing hangs on it. */
export function movedColumn(fresh = 'full_name'): MovedColumn {
  return {
    relation: 'public.customers',
    column: 'name',
    fresh,
    type: 'text',
    collation: null,
    isNotNull: false,
    default: null,
    identity: null,
    sequence: null,
    lastTrigger: null,
    indexes: [],
    constraints: [],
    referring: [],
    views: [],
    triggers: [],
    policies: [],
    statistics: [],
    grants: [],
    sequenceGrants: [],
    settings: [],
    readers: [],
    others: [],
  };
}

/** Whole evidence of an uneventful run; tests replace what they are about. */
export function evidence(parts: Partial<Evidence> = {}): Evidence {
  const run = parts.run ?? runRecord();
  const steps = parts.steps ?? stepWindow('alter', 4900, 6000);
  return {
    run,
    playing: undefined,
    environment: {
      target: 'embedded',
      hosts: 1,
      createMs: 900,
      destroyMs: 300,
      leftovers: 0,
      price: null,
      postgresVersion: '18.4',
      settings: [],
      machine: { cpus: 2, memoryBytes: 2 ** 34, os: 'Linux' },
      limits: [],
    },
    snapshot: {
      kind: 'plain',
      sha256: 'b'.repeat(64),
      takenAt: null,
      sourceBytes: 1000,
      bytes: 2000,
      restoreMs: 50,
      tables: [{ name: 'public.customers', rows: 4_100_000, bytes: 2000 }],
      keys: [{ relation: 'public.customers', columns: ['id'] }],
      moved: [movedColumn()],
      extensions: [],
      warnings: [],
    },
    steps,
    waits: [],
    exactWaits: undefined,
    locks: [],
    requests: requestTable([request(4000, 4001), request(7000, 7001)]),
    load: [
      { type: 'started', tMs: 2900 },
      { type: 'baseline', fromMs: 3000, toMs: 4900 },
      { type: 'stopped', tMs: 8000, unfinished: 0 },
    ],
    batches: [],
    compatibility: matrix(run, steps),
    server: [],
    probes: (['requests', 'waits', 'server', 'compatibility'] as const).flatMap((probe) => [
      { probe, event: 'started' as const, tMs: 0, message: null },
      { probe, event: 'stopped' as const, tMs: 8000, message: null },
    ]),
    ...parts,
  };
}

/** Every script of every version works at the start and after each step. */
function matrix({ load }: RunRecord, steps: readonly StepEvent[]): CompatibilityRecord[] {
  const ended = steps.flatMap((event) => (event.type === 'step-end' ? [event.step] : []));
  return ['start', ...ended].flatMap((after) =>
    load.versions.flatMap(({ name: version, scripts }) =>
      scripts.map(({ name: script }) => ({
        after,
        version,
        script,
        ok: true,
        sqlstate: null,
        message: null,
      })),
    ),
  );
}
