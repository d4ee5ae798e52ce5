import type { NamedPlan, Scenario, Cut } from './playings.ts';

export { CUTS } from './playings.ts';
export type { Cut, Interruption, NamedPlan, PlannedPerformance, Scenario } from './playings.ts';

/** A rehearsal as the rest of the house sees it: read, checked, units converted, paths absolute. */
export interface Rehearsal {
  readonly name: string;
  /** Absolute folder of rehearsal.yaml. */
  readonly dir: string;
  readonly snapshot: SnapshotSource;
  readonly postgres: PostgresSpec;
  readonly hosts: Readonly<Record<string, HostSpec>>;
  readonly load: LoadSpec;
  readonly budgets: Budgets;
  /** The author says nothing of budgets. */
  readonly hasDefaultBudgets?: true;
  readonly plan: readonly Step[];
  /** The same change done in several ways; `plan` is the first of them. Absent where there is but one. */
  readonly plans?: readonly NamedPlan[];
  /** Tables that nobody uses while any step runs; may be schema-qualified. */
  readonly quietTables?: readonly string[];
  /** The snapshot's role that the plan connects as; undefined = the superuser. */
  readonly planRole?: string;
  /** `rehearse nightly` plays it without being told its name. */
  readonly nightly?: true;
  /** In whose company the plan is rehearsed, one scenario after the other; at least one. */
  readonly scenarios: readonly Scenario[];
  /** Every file that takes part, relative to `dir`, sorted: the bytes that go into the run folder's `plan/`. */
  readonly files: readonly string[];
  /** Those files, and the snapshot, that lie outside `dir`, also by a link: as written, and where they lead. */
  readonly outside: readonly string[];
  /** Names and values taken from the environment by `${NAME}`; the values are secret. */
  readonly environment: Readonly<Record<string, string>>;
}

export type SnapshotSource =
  | { readonly kind: 'file'; readonly path: string; readonly takenAt?: string }
  | { readonly kind: 'generator'; readonly path: string; readonly takenAt?: string }
  /** A command that fills the empty database by itself; it finds it by DATABASE_URL and PG*. */
  | {
      readonly kind: 'command';
      readonly command: string;
      readonly takenAt?: string;
      readonly network?: CommandNetwork;
    };

/** What a command may reach over the network where that is less than what its host can. */
export type CommandNetwork = 'rehearsed-only';

export interface PostgresSpec {
  /** Major version, such as 16; undefined = whatever the target has. */
  readonly version?: number;
  /** Folder with initdb and postgres. */
  readonly binDir?: string;
  /** A fixed port; undefined = a free one. */
  readonly port?: number;
  readonly settings: readonly PgSetting[];
  readonly standby: boolean;
}

export interface HostSpec {
  readonly cpu?: number;
  readonly memoryBytes?: number;
  readonly class?: string;
  /** Most bytes per second that the host's disk reads, and that it writes; undefined = as fast as it is. */
  readonly diskBytesPerSec?: number;
  /** Most bits per second that the host sends on the private network. */
  readonly linkBitsPerSec?: number;
  /** Added to each packet that the host sends. */
  readonly linkDelayMs?: number;
}

export interface LoadSpec {
  readonly ratePerSec: number;
  readonly connections: number;
  readonly warmupMs: number;
  /** Above this a request counts as delayed; absent = by the baseline. */
  readonly delayedOverMs?: number;
  readonly cooldownMs: number;
  readonly seed: number;
  /** Statements of a request are sent without waiting for the answers before them. */
  readonly pipeline?: true;
  /** In order of rollout; traffic starts on the first. */
  readonly versions: readonly AppVersion[];
}

/** docs/actors.md tells what each does. */
export const ACTOR_KINDS = [
  'long-reader',
  'idle-in-transaction',
  'dump',
  'vacuum',
  'hot-rows',
  'second-migration',
  'churn',
] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** Somebody besides the app who works on the database while the plan runs. */
export interface ActorSpec {
  /** Unique within the rehearsal. */
  readonly name: string;
  readonly kind: ActorKind;
  /** The step that it begins shortly before; undefined = as its kind does, see actors.ts. */
  readonly startAt?: string;
  /** How long it goes on, at most to the end of the plan; undefined = as its kind does, see actors.ts. */
  readonly forMs?: number;
  /** May be schema-qualified; undefined = chosen from what the plan changes. */
  readonly table?: string;
}

export interface AppVersion {
  readonly name: string;
  /** The snapshot's role that it connects as; undefined = the superuser. */
  readonly role?: string;
  /** Absolute folder. */
  readonly dir: string;
  readonly scripts: readonly WorkloadScript[];
}

/** A pgbench script as text; the load stage parses it. */
export interface WorkloadScript {
  /** File name without extension. */
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  readonly text: string;
}

/** What the release may not exceed; undefined = not judged. */
export interface Budgets {
  readonly lockWaitMs?: number;
  readonly lockHoldMs?: number;
  readonly p99Ms?: number;
  readonly errors?: number;
  readonly blockedSeconds?: number;
  readonly stepDurationMs?: number;
  /** How long the app may be off, summed over the windows of a playing. */
  readonly downtimeMs?: number;
  /** At least so many rows per second. */
  readonly backfillRatePerSec?: number;
  readonly replicationLagMs?: number;
  /** By how much a figure may be worse than in earlier runs on like machines. No run judges it: `diff` and `nightly` do. */
  readonly regressionPercent?: number;
}

export const PHASES = ['expand', 'deploy', 'backfill', 'switch', 'contract'] as const;
export type Phase = (typeof PHASES)[number];

/** One interface a kind. A kind more is a line here; the compiler then names every place that has to know it. */
export interface StepByKind {
  readonly sql: SqlStep;
  readonly command: CommandStep;
  readonly deploy: DeployStep;
  readonly backfill: BackfillStep;
  readonly soak: SoakStep;
  readonly verify: VerifyStep;
  readonly maintenance: MaintenanceStep;
}
export type StepKind = keyof StepByKind;
export type Step = StepByKind[StepKind];
/** For schemas. */
export const STEP_KINDS: { readonly [K in StepKind]: K } = {
  sql: 'sql',
  command: 'command',
  deploy: 'deploy',
  backfill: 'backfill',
  soak: 'soak',
  verify: 'verify',
  maintenance: 'maintenance',
};

interface StepBase {
  /** Unique within the plan. */
  readonly name: string;
  readonly phase: Phase;
  readonly lockTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
  /** How often a unit that failed for its locks is tried again; 0 = never. */
  readonly retries: number;
  /** First pause before a retry; doubles up to `RETRY_PAUSE_MAX_MS`, with jitter. */
  readonly retryPauseMs: number;
  readonly pointOfNoReturn: boolean;
  /** Tables whose rows it removes on purpose; may be schema-qualified. */
  readonly losesRows?: readonly string[];
  /** Tables that nobody uses while it runs; may be schema-qualified. */
  readonly quietTables?: readonly string[];
  /** A SQL file that undoes the step. */
  readonly rollback?: RollbackFile;
  /** Of a step that the plan itself does not have: what it is for, and the step that it undoes or repeats. */
  readonly way?: Way;
  /** It is cut off in its middle like this, and runs again. */
  readonly cut?: Cut;
}

export const WAYS = ['back', 'soak', 'again'] as const;

/** `back` undoes a step, `soak` is the time after the way back, `again` plays a step once more after it. */
export interface Way {
  readonly kind: (typeof WAYS)[number];
  /** Null of a soak. */
  readonly of: string | null;
}

export interface SqlFile {
  /** Relative to the rehearsal's folder. */
  readonly file: string;
  readonly text: string;
  /** Its own tool would run it without a transaction, although the step has one a file. */
  readonly asWritten?: true;
  /** Its own tool begins a transaction around it, whatever it holds. Behind a COMMIT of the file's own there is none, or another. */
  readonly begun?: 'once' | 'anew';
  /** Its tool sends what cannot run in a transaction by itself, and has one around what is between. */
  readonly apart?: true;
}

/** How a step is undone: with the timeouts and retries of the step itself. */
export interface RollbackFile extends SqlFile {
  readonly transaction: TransactionMode;
  /** The migration tool whose rule this is. */
  readonly tool?: string;
}

/**
 * `as-written`: statement by statement as psql sends them; `single`: one transaction around all; `file`: one around each file;
 * `none`: never in a block.
 */
export type TransactionMode = 'as-written' | 'single' | 'file' | 'none';

export interface SqlStep extends StepBase {
  readonly kind: 'sql';
  readonly files: readonly SqlFile[];
  readonly transaction: TransactionMode;
  /** The migration tool whose rule this is, where the plan says nothing and its files tell. */
  readonly tool?: string;
}

export interface CommandStep extends StepBase {
  readonly kind: 'command';
  /** Run by `sh -c` in the rehearsal's folder with DATABASE_URL and PG* set. */
  readonly command: string;
  readonly timeoutMs: number;
  /** It fails where it never connected to the rehearsed database. */
  readonly touchesDatabase: boolean;
  /** `shown`: the author says that what it writes may stand in reports. Private without it. */
  readonly output?: 'private' | 'shown';
  /** Undefined = whatever its host can reach. */
  readonly network?: CommandNetwork;
}

export interface DeployStep extends StepBase {
  readonly kind: 'deploy';
  readonly to: string;
  /** `rolling` moves the traffic linearly over `overMs`; `blue-green` at once. */
  readonly strategy: 'rolling' | 'blue-green';
  readonly overMs: number;
}

export interface BackfillStep extends StepBase {
  readonly kind: 'backfill';
  /** May be schema-qualified. */
  readonly table: string;
  /** Columns that the batches go along, as the author wrote them; at least one. */
  readonly key: readonly string[];
  /** The SET list of the UPDATE. */
  readonly set: string;
  /** Which rows still need it; undefined = all. */
  readonly where?: string;
  readonly batchTargetMs: number;
  /** Pause between batches while the app's p99 of the last second is above this; undefined = never. */
  readonly throttleP99Ms?: number;
}

export interface SoakStep extends StepBase {
  readonly kind: 'soak';
  readonly forMs: number;
}

export interface VerifyStep extends StepBase {
  readonly kind: 'verify';
  /** Each statement must return no rows. */
  readonly files: readonly SqlFile[];
}

/** Takes the app off, or lets it in again: between the two it has no traffic and no connections. */
export interface MaintenanceStep extends StepBase {
  readonly kind: 'maintenance';
  readonly action: MaintenanceAction;
}

export const MAINTENANCE_ACTIONS = ['begin', 'end'] as const;
export type MaintenanceAction = (typeof MAINTENANCE_ACTIONS)[number];

/** One PostgreSQL setting as written in `postgres.settings`, such as shared_buffers = 1GB. */
export interface PgSetting {
  readonly name: string;
  readonly value: string;
}
