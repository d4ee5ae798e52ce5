import type {
  Cut,
  MaintenanceAction,
  Phase,
  SqlStep,
  Step,
  StepKind,
  VerifyStep,
  VerifyWatch,
  Way,
} from '../plan/model.ts';
import { byKind, type ByKind } from '../shared/by-kind.ts';

/** A step as run.json and playing.json tell it. */
export interface PlannedStep {
  readonly name: string;
  readonly phase: Phase;
  readonly kind: StepKind;
  readonly pointOfNoReturn: boolean;
  /** What the plan gives its session, and how often it is tried again. Absent where it says nothing, and in older runs. */
  readonly lockTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
  readonly retries?: number;
  /** Tables whose rows it removes by word of the author. Absent where there are none. */
  readonly losesRows?: readonly string[];
  /** Tables that nobody uses while it runs, by word of the author. Absent where there are none. */
  readonly quietTables?: readonly string[];
  /** Files of a sql or verify step, relative to the rehearsal. */
  readonly files: readonly string[];
  readonly deploy: {
    readonly to: string;
    readonly strategy: 'rolling' | 'blue-green';
    readonly overMs: number;
  } | null;
  readonly batchTargetMs: number | null;
  /** Of a maintenance step. */
  readonly maintenance?: MaintenanceAction;
  /** Of a verify step that asks while other steps run. */
  readonly watch?: VerifyWatch;
  readonly hasRollback: boolean;
  /** Of a step that the plan itself does not have. */
  readonly way?: Way;
  /** It was to be cut off like this, and to run again. */
  readonly cut?: Cut;
}

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
