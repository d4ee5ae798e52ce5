import type { Budgets, PlannedPlaying } from '../../../plan/model.ts';
import type { PlannedStep } from '../../planned-step.ts';
import type { ProbeRecord } from '../probe-record.ts';
import type { Seal } from './seal-record.ts';

/** artifacts/run.json: written when the run starts and again when it ends. */
export interface RunRecord {
  readonly schemaVersion: 1;
  readonly runId: string;
  readonly rehearsal: string;
  readonly target: string;
  readonly toolVersion: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** How the plan's way ended; `error` = the tool or its hosts failed, with the public message in `problem`. */
  readonly outcome: 'running' | 'completed' | 'step-failed' | 'interrupted' | 'error';
  readonly problem: string | null;
  readonly seed: number;
  readonly load: {
    readonly ratePerSec: number;
    readonly connections: number;
    readonly warmupMs: number;
    /** As the rehearsal says it; absent = requests are judged by the baseline. */
    readonly delayedOverMs?: number;
    /** In order of rollout; `weight` as in the scripts' own comment. */
    readonly versions: readonly {
      readonly name: string;
      /** The snapshot's role that it connected as; absent = the superuser. */
      readonly role?: string;
      readonly scripts: readonly { readonly name: string; readonly weight: number }[];
    }[];
  };
  readonly budgets: Budgets;
  /** The rehearsal names no budgets. Absent where it does, and in older runs. */
  readonly hasDefaultBudgets?: true;
  /** Where the plan came from. Absent in older runs. */
  readonly origin?: PlanOrigin;
  readonly standby: boolean;
  readonly plan: readonly PlannedStep[];
  /** The ways to do the change, of which `plan` is the first. Absent where there is but one. */
  readonly plans?: readonly { readonly name: string; readonly steps: readonly PlannedStep[] }[];
  /** Tables that nobody uses while any step runs, by word of the author. Absent where there are none. */
  readonly quietTables?: readonly string[];
  /** What does not fit together in the folder of its migrations, as sentences. Absent where there is nothing, and in older runs. */
  readonly notes?: readonly string[];
  /** How many marks `# guess:` its files have. Absent where there are none, and in older runs. */
  readonly guesses?: number;
  /** The snapshot's role that the plan connected as; absent = the superuser. */
  readonly planRole?: string;
  /** More than one: the evidence of each is in playings/<index>/. Absent in older runs, which had one. */
  readonly playings?: readonly PlannedPlaying[];
  /** Probes that look besides those of every run. Absent in older runs, which may have had them all the same. */
  readonly probes?: readonly ProbeRecord['probe'][];
  /** sha256 over the plan's files (see the run folder's plan/SHA256SUMS). */
  readonly planSha256: string;
  /** Absent until the run has ended, and in older runs. */
  readonly seal?: Seal;
}

/** Which state of the author's files was rehearsed, and from where. */
export interface PlanOrigin {
  /** Name of the machine. */
  readonly machine: string;
  /** Null outside of a repository, as are the others. */
  readonly commit: string | null;
  /** Null also where no branch is checked out. */
  readonly branch: string | null;
  /** Files of the rehearsal are not as in the commit, or not in it. */
  readonly isDirty: boolean | null;
}

/** artifacts/playing.json of a folder below playings/: one playing of the plan. */
export interface PlayingRecord extends PlannedPlaying {
  /** ISO 8601 UTC: the zero of all times in its folder. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** `running` where it never came to its end. */
  readonly outcome: 'running' | 'completed' | 'step-failed';
  readonly problem: string | null;
  /** Of one of several plans, and one that goes back: the steps that it has instead of those of the run's own record. */
  readonly plan?: readonly PlannedStep[];
}
