export const PHASES = ['expand', 'deploy', 'backfill', 'switch', 'contract'] as const;
export type Phase = (typeof PHASES)[number];

/**
 * `session`: the backend is ended as by pg_terminate_backend. `client`: the program that runs the step is gone with its connection,
 * and the server goes on with what it was told. `server`: the server crashes, ends all sessions at once and recovers.
 */
export const CUTS = ['session', 'client', 'server'] as const;
export type Cut = (typeof CUTS)[number];

/** What a command may reach over the network where that is less than what its host can. */
export type CommandNetwork = 'rehearsed-only';

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

export const WAYS = ['back', 'soak', 'ask', 'again'] as const;

/** `back` undoes a step, `soak` is the time after the way back, `ask` has the author's questions for then, `again` plays a step once more after it. */
export interface Way {
  readonly kind: (typeof WAYS)[number];
  /** Null of a soak and of questions. */
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
  /** Its questions are asked again and again while other steps run; absent where they are asked once, in its place. */
  readonly watch?: VerifyWatch;
}

export interface VerifyWatch {
  /** From one asking's beginning to the next one's; an asking that takes longer is waited for. */
  readonly everyMs: number;
  /** Names of the steps during which it asks, before and behind its own place. */
  readonly through: readonly string[];
}

/** Takes the app off, or lets it in again: between the two it has no traffic and no connections. */
export interface MaintenanceStep extends StepBase {
  readonly kind: 'maintenance';
  readonly action: MaintenanceAction;
}

export const MAINTENANCE_ACTIONS = ['begin', 'end'] as const;
export type MaintenanceAction = (typeof MAINTENANCE_ACTIONS)[number];
