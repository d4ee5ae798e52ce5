import { cpus, release, totalmem, type as osType } from 'node:os';
import type { RunningEnvironment } from '../../../infra/contract/target.ts';
import { plannedStep } from '../../artifacts/planned-step.ts';
import type { EnvironmentRecord, RunRecord } from '../../artifacts/records/records.ts';
import type { ServerFacts } from '../../engine/settings.ts';
import { defined } from '../../plan/schema/defined.ts';
import type { Rehearsal } from '../../plan/model.ts';

/** The run's own record as it starts. */
export function startRecord(
  rehearsal: Rehearsal,
  fixed: Pick<
    RunRecord,
    | 'runId'
    | 'target'
    | 'toolVersion'
    | 'startedAt'
    | 'planSha256'
    | 'load'
    | 'playings'
    | 'origin'
    | 'guesses'
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
    ...(rehearsal.hasDefaultBudgets && { hasDefaultBudgets: true }),
    standby: rehearsal.postgres.standby,
    plan: rehearsal.plan.map(plannedStep),
    ...(rehearsal.plans && {
      plans: rehearsal.plans.map(({ name, steps }) => ({ name, steps: steps.map(plannedStep) })),
    }),
    ...defined({ planRole: rehearsal.planRole, notes: rehearsal.notes }),
    probes: ['presence', 'schema'],
    ...(rehearsal.quietTables === undefined ? {} : { quietTables: rehearsal.quietTables }),
  };
}

/** The environment while it is up; how it went down is added afterwards. */
export function environmentRecord(
  facts: ServerFacts,
  { hosts, hostInfo, created, madeBy, limits, shared }: RunningEnvironment,
  rest: Pick<EnvironmentRecord, 'target' | 'startedAt' | 'createMs' | 'price'> & {
    readonly sizes: Rehearsal['hosts'];
  },
): EnvironmentRecord {
  const { sizes, ...fixed } = rest;
  return {
    ...fixed,
    ...defined({ shared }),
    hosts,
    limits,
    created,
    engine: madeBy ?? null,
    keptUntil: null,
    hostInfo: hostInfo.map(({ role, address }) => ({
      role,
      address,
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
