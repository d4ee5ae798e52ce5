import { cpus, release, totalmem, type as osType } from 'node:os';
import type { RunningEnvironment } from '../../../infra/targets/target.ts';
import type { EnvironmentRecord, PlannedStep, RunRecord } from '../../artifacts/records.ts';
import type { ServerFacts } from '../../engine/settings.ts';
import { defined } from '../../plan/schema/defined.ts';
import type { Rehearsal, Step } from '../../plan/model.ts';

/** The run's own record as it starts. */
export function startRecord(
  rehearsal: Rehearsal,
  fixed: Pick<
    RunRecord,
    'runId' | 'target' | 'toolVersion' | 'startedAt' | 'planSha256' | 'load' | 'performances'
  >,
): RunRecord {
  return {
    schemaVersion: 1,
    ...fixed,
    rehearsal: rehearsal.name,
    endedAt: null,
    outcome: 'running',
    problem: null,
    seed: rehearsal.load.seed,
    budgets: rehearsal.budgets,
    standby: rehearsal.postgres.standby,
    plan: rehearsal.plan.map(plannedStep),
    ...defined({ planRole: rehearsal.planRole }),
    probes: ['presence', 'schema'],
    ...(rehearsal.quietTables === undefined ? {} : { quietTables: rehearsal.quietTables }),
  };
}

function plannedStep(step: Step): PlannedStep {
  return {
    name: step.name,
    phase: step.phase,
    kind: step.kind,
    pointOfNoReturn: step.pointOfNoReturn,
    ...(step.lockTimeoutMs === undefined ? {} : { lockTimeoutMs: step.lockTimeoutMs }),
    ...(step.statementTimeoutMs === undefined ? {} : { statementTimeoutMs: step.statementTimeoutMs }),
    ...(step.retries === 0 ? {} : { retries: step.retries }),
    ...(step.losesRows === undefined ? {} : { losesRows: step.losesRows }),
    ...(step.quietTables === undefined ? {} : { quietTables: step.quietTables }),
    files: step.kind === 'sql' || step.kind === 'verify' ? step.files.map(({ file }) => file) : [],
    deploy: step.kind === 'deploy' ? { to: step.to, strategy: step.strategy, overMs: step.overMs } : null,
    batchTargetMs: step.kind === 'backfill' ? step.batchTargetMs : null,
    hasRollback: step.rollback !== undefined,
  };
}

/** The environment while it is up; how it went down is added afterwards. */
export function environmentRecord(
  facts: ServerFacts,
  { hosts, hostInfo, created, engine, limits }: RunningEnvironment,
  rest: Pick<EnvironmentRecord, 'target' | 'startedAt' | 'createMs' | 'price'> & {
    readonly sizes: Rehearsal['hosts'];
  },
): EnvironmentRecord {
  const { sizes, ...fixed } = rest;
  return {
    ...fixed,
    ...{ hosts, limits, created, engine: engine ?? null, keptUntil: null },
    hostInfo: hostInfo.map(({ role, address }) => ({
      ...{ role, address },
      cpus: sizes[role]?.cpu ?? null,
      memoryBytes: sizes[role]?.memoryBytes ?? null,
    })),
    destroyMs: null,
    leftovers: null,
    postgresVersion: facts.postgresVersion,
    settings: facts.settings,
    roles: facts.roles,
    machine: { cpus: cpus().length, memoryBytes: totalmem(), os: `${osType()} ${release()}` },
  };
}
