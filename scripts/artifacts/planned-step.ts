import type { SqlStep, Step, VerifyStep } from '../plan/model.ts';
import { byKind, type ByKind } from '../shared/by-kind.ts';
import type { PlannedStep } from './records/of-run/plan-facts.ts';

/** What only steps of some kinds have. */
type Own = Pick<PlannedStep, 'files' | 'deploy' | 'batchTargetMs' | 'maintenance' | 'watch'>;

const NOTHING: Own = { files: [], deploy: null, batchTargetMs: null };

const filesOf = ({ files }: SqlStep | VerifyStep): Partial<Own> => ({ files: files.map(({ file }) => file) });

const OWN: ByKind<Step, Partial<Own>> = {
  sql: filesOf,
  command: () => NOTHING,
  deploy: ({ to, strategy, overMs }) => ({ deploy: { to, strategy, overMs } }),
  backfill: ({ batchTargetMs }) => ({ batchTargetMs }),
  soak: () => NOTHING,
  verify: (step) => ({ ...filesOf(step), ...(step.watch && { watch: step.watch }) }),
  maintenance: ({ action }) => ({ maintenance: action }),
};

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
    ...NOTHING,
    ...byKind(step, OWN),
    hasRollback: step.rollback !== undefined,
    ...(step.way === undefined ? {} : { way: step.way }),
    ...(step.cut === undefined ? {} : { cut: step.cut }),
  };
}
