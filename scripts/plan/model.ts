import type { Statistics } from './statistics/statistics.ts';
import type { MaskRules } from './mask/mask-rules.ts';
import type { NamedPlan, Scenario } from './playings.ts';
import type { LiveLimits } from './schema/schema-limits.ts';
import type { Production } from './production/snapshot-facts.ts';
import type { TargetSettings } from './schema/targets/targets.ts';
import type { CommandNetwork, Step } from './steps.ts';

export * from './actor-spec.ts';
export type * from './playings.ts';
export * from './steps.ts';
export type { TargetSettings } from './schema/targets/targets.ts';

/** A rehearsal as the rest of the house sees it: read, checked, units converted, paths absolute. */
export interface Rehearsal {
  readonly name: string;
  /** Absolute folder of rehearsal.yaml. */
  readonly dir: string;
  readonly snapshot: SnapshotSource;
  readonly postgres: PostgresSpec;
  readonly hosts: Readonly<Record<string, HostSpec>>;
  /** What targets have to know besides their names. */
  readonly targets: TargetSettings;
  readonly load: LoadSpec;
  readonly budgets: Budgets;
  /** The author says nothing of budgets. */
  readonly hasDefaultBudgets?: true;
  readonly plan: readonly Step[];
  /** Why a plan by `migrations` has no step: the sentence that says so. Nothing is rehearsed then. */
  readonly nothingNew?: string;
  /** What does not fit together in the folder of its migrations, as sentences. */
  readonly notes?: readonly string[];
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
  | (DumpFacts & {
      readonly kind: 'file';
      readonly path: string;
      /** What was done to it before it came here, as sentences for the report. */
      readonly notes?: readonly string[];
      /** Where the dump lies in a snapshot folder. */
      readonly production?: Production;
    })
  /** Bytes that lie elsewhere. The URL may hold secrets: only `shown` of its source is fit to be told. */
  | (DumpFacts & { readonly kind: 'remote'; readonly url: string; readonly limits?: LiveLimits })
  /** A copy of a whole data folder: a tar file or a folder of this machine, or a server that pg_basebackup reads. */
  | (PhysicalFacts & { readonly kind: 'physical'; readonly path: string })
  | (PhysicalFacts & { readonly kind: 'physical'; readonly url: string; readonly maxBytesPerSec: number })
  /** A tar file that lies elsewhere. The URL may hold secrets. */
  | (PhysicalFacts & { readonly kind: 'physical'; readonly tarUrl: string })
  | { readonly kind: 'generator'; readonly path: string; readonly takenAt?: string }
  /** Rows that are made from a snapshot folder's schema and statistics; none of its rows are read. */
  | SyntheticSource
  /** A command that fills the empty database by itself; it finds it by DATABASE_URL and PG*. */
  | {
      readonly kind: 'command';
      readonly command: string;
      readonly takenAt?: string;
      readonly network?: CommandNetwork;
    };

export interface SyntheticSource {
  readonly kind: 'synthetic';
  /** The schema: a dump, of which only the schema is read. */
  readonly path: string;
  readonly statistics: Statistics;
  /** Of production's rows, above 0. */
  readonly scale: number;
  /** The same one makes the same rows. */
  readonly seed: number;
  readonly takenAt?: string;
  readonly production?: Production;
}

/** What is said of a dump, wherever it lies. */
interface DumpFacts {
  readonly takenAt?: string;
  readonly sha256?: string;
  /** Of a text that holds several: the one that is rehearsed. */
  readonly database?: string;
  /** How its values are masked on their way; absent = they go in as they are. */
  readonly mask?: MaskRules;
  /** Of production: what was restored is held against them. */
  readonly statistics?: Statistics;
}

interface PhysicalFacts {
  readonly takenAt?: string;
  /** The one of its databases that is rehearsed; absent = the only one, or that of the URL. */
  readonly database?: string;
  /** The author's word that its server may start where it could reach others. */
  readonly confined?: false;
}

export interface PostgresSpec {
  /** Major version, such as 16; undefined = whatever the target has. */
  readonly version?: number;
  /** Folder with initdb and postgres. */
  readonly binDir?: string;
  /** Packages of PGDG that have to be there, all of `version`; undefined = PostgreSQL as the target has it. */
  readonly packages?: readonly string[];
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
  /** Of the driver alone: how many hosts share the load; absent = 1. */
  readonly count?: number;
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

/** One PostgreSQL setting as written in `postgres.settings`, such as shared_buffers = 1GB. */
export interface PgSetting {
  readonly name: string;
  readonly value: string;
}
