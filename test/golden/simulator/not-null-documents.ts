import type { PlannedStep } from '../../../scripts/artifacts/records/records.ts';
import type { RunFolder } from '../../../scripts/artifacts/run-folder.ts';

export const TABLE = 'public.customers';

const step = (name: string, rest: Partial<PlannedStep>): PlannedStep => ({
  name,
  phase: 'expand',
  kind: 'sql',
  pointOfNoReturn: false,
  files: [],
  deploy: null,
  batchTargetMs: null,
  hasRollback: false,
  ...rest,
});
export const PLAN = [
  step('add-column', { files: ['sql/1-add.sql'], hasRollback: true }),
  step('deploy-new', {
    phase: 'deploy',
    kind: 'deploy',
    deploy: { to: 'new', strategy: 'rolling', overMs: 4000 },
  }),
  step('backfill-name', { phase: 'backfill', kind: 'backfill', batchTargetMs: 50 }),
  step('set-not-null', { phase: 'switch', files: ['sql/4-not-null.sql'] }),
  step('drop-column', { phase: 'contract', files: ['sql/5-drop.sql'] }),
];

export const scripts = [
  { name: 'edit-customer', weight: 1 },
  { name: 'read-customer', weight: 5 },
];

/** run.json, environment.json and snapshot.json. */
export async function writeDocuments(folder: RunFolder): Promise<void> {
  await folder.writeDocument('run', {
    schemaVersion: 1,
    runId: 'not-null-20261122-021407-9f3a',
    rehearsal: 'not-null',
    target: 'embedded',
    toolVersion: '0.1.0',
    startedAt: '2026-11-22T02:14:07.000Z',
    endedAt: '2026-11-22T02:14:32.000Z',
    outcome: 'completed',
    problem: null,
    seed: 1,
    load: {
      ratePerSec: 60,
      connections: 8,
      warmupMs: 4000,
      versions: [
        { name: 'old', scripts },
        { name: 'new', scripts },
      ],
    },
    budgets: { lockWaitMs: 500, lockHoldMs: 3000, p99Ms: 100, errors: 0, replicationLagMs: 5000 },
    standby: true,
    plan: PLAN,
    planSha256: '5f'.repeat(32),
  });
  await folder.writeDocument('environment', {
    target: 'embedded',
    hosts: 1,
    createMs: 1204,
    destroyMs: 310,
    leftovers: 0,
    price: null,
    postgresVersion: '18.4',
    settings: [{ name: 'shared_buffers', asked: '256MB', shown: '256MB' }],
    machine: { cpus: 2, memoryBytes: 8 * 2 ** 30, os: 'Linux 6.1' },
    limits: ['This machine is not the production machine: locks and plans carry over, rates do not.'],
  });
  await folder.writeDocument('snapshot', {
    kind: 'plain',
    sha256: '41c7'.repeat(16),
    takenAt: '2026-11-20T02:00:00Z',
    sourceBytes: 61_000_000,
    bytes: 214_000_000,
    restoreMs: 4210,
    tables: [{ name: TABLE, rows: 123_000, bytes: 190_000_000 }],
    extensions: [],
    warnings: [],
  });
}
