import type { Step } from '../plan/model.ts';
import type { PlannedStep } from './records.ts';

/** A step as the records tell it. */
export function plannedStep(step: Step): PlannedStep {
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
    ...(step.way === undefined ? {} : { way: step.way }),
  };
}
