import type { Enclose } from '../../scripts/commands/enclosure.ts';
import type { Bases } from '../../scripts/snapshot/base/bases.ts';
import type { PhysicalCopy, StartedCopy } from '../../scripts/snapshot/physical/physical-copy.ts';
import type { PgEndpoint } from '../../scripts/pg/endpoint.ts';
import type { SshAccess } from '../ssh/access.ts';
import type { HostSpec, PgSetting, PostgresSpec } from '../../scripts/plan/model.ts';

/** Can this target be used on this machine, and if not, what mends it. */
export type Availability =
  | { readonly available: true; readonly detail: string }
  | { readonly available: false; readonly why: string; readonly remedy: string };

export interface EnvironmentSpec {
  readonly runId: string;
  readonly postgres: PostgresSpec;
  readonly hosts: Readonly<Record<string, HostSpec>>;
  /** How many connections the app's load opens at most at a time; undefined = the target leaves ample room. */
  readonly connections?: number;
  /** Nothing of this run may live longer. ISO 8601 UTC. */
  readonly expiresAt: string;
  /** What the database will hold, as bases know it; undefined where nobody can tell. Only targets that keep bases ask for it. */
  readonly content?: (signal: AbortSignal) => Promise<string | undefined>;
  /** The data folder that the server begins on, where the snapshot is one; only targets that are `ofCopies` take it. */
  readonly physical?: () => Promise<PhysicalCopy>;
  /** Which of several rehearsals on the same hosts it is, from 1; absent = the hosts are for one. */
  readonly lap?: number;
  /** Path of the driver's bundle on this machine; only targets with a driver host ask for it. */
  readonly driverBundle?: () => Promise<string>;
}

export interface HourlyPrice {
  readonly amountPerHour: number;
  readonly currency: string;
  /** Time is billed in these, rounded up, and never less than `minimumMs` or `minimumAmount` in all; by the moment unless given. */
  readonly billing?: {
    readonly unitMs: number;
    readonly minimumMs: number;
    readonly minimumAmount?: number;
  };
  /** What was ordered before in another place, and taken back, cost this at most. */
  readonly spentBefore?: number;
  /** What it may cost in all, as a line for people. */
  readonly estimate?: string;
}

/** Something that looks like ours and carries no claim of this user's: nobody but its owner may remove it. */
export interface NotOurs {
  /** Such as `/tmp/dress-rehearsal-notes`. */
  readonly what: string;
  /** Such as `it has no claim`. */
  readonly why: string;
}

/** A place that could not be looked into, as when the API of a cloud is away: what is there is not known. */
export interface Unseen {
  readonly target: string;
  /** What stood in the way, such as `its API does not answer`. */
  readonly why: string;
}

/** What a look found, and where it could not look. Only a look with nothing unseen proves that nothing is there. */
export interface Look<T> {
  readonly found: readonly T[];
  readonly unseen: readonly Unseen[];
}

/** Takes a line for people. */
export type Tell = (line: string) => void;

/** Something that carries our claim and has outlived its run, or belongs to one that goes on. */
export interface Leftover {
  readonly target: string;
  readonly runId: string;
  /** Such as `process 4711 and 8 others` or `folder /tmp/…`. */
  readonly what: string;
  readonly expiresAt: string | null;
  /** The run that owns it is still going on: hands off. */
  readonly inUse: boolean;
  /** Its owner is known to be dead, so the next run may remove it; what has but expired goes by `reap --execute` only. */
  readonly ownerDied: boolean;
  /** How long that may take; a minute unless given. */
  readonly removalMs?: number;
  /** @param tell what people have to know of it besides, as a line */
  readonly remove: (tell?: Tell) => Promise<void>;
}

/** A server in one of its two modes: `restore` is fast and not durable, `rehearse` is as the rehearsal configures it. */
export type ServerMode = 'restore' | 'rehearse';

/** One host as people and reports see it. */
interface HostInfo {
  /** `primary`, `standby` or `driver`. */
  readonly role: string;
  readonly address: string;
  /** `ssh …` as it can be typed on this machine; null where there is no SSH. */
  readonly sshCommand: string | null;
}

/** The host on which the engine runs when it does not run in this process. */
export interface DriverAccess {
  readonly ssh: SshAccess;
  /** Absolute paths on the driver host: Node.js, the engine's bundle, and a folder for the run (mode 700). */
  readonly nodePath: string;
  readonly bundlePath: string;
  readonly dir: string;
}

/** A driver host beside the one on which the engine runs. */
export interface OtherDriver {
  /** Such as `driver-2`. */
  readonly role: string;
  /** On the private network. */
  readonly address: string;
  readonly access: DriverAccess;
}

interface Running {
  readonly hosts: number;
  /** Empty for `embedded`. */
  readonly hostInfo: readonly HostInfo[];
  /** What was created, by kind, such as `{ host: 3, network: 1 }`. */
  readonly created: Readonly<Record<string, number>>;
  /** Where it could not be had for what `price` said; absent = it was. */
  readonly price?: HourlyPrice;
  /** What made it, such as `Pulumi 3.259.0`; undefined where there is nothing to say. */
  readonly madeBy?: string;
  readonly primary: PgEndpoint;
  readonly standby: PgEndpoint | null;
  /** Folder on this machine for scratch files of the run; removed with the environment. */
  readonly scratchDir: string;
  /** What this environment cannot tell, as sentences for the report. */
  readonly limits: readonly string[];
  /** Null where commands run on a host that reaches nothing but the hosts of the run. */
  readonly enclose: Enclose | null;
  /** What commands could reach here, to end a sentence of the report. */
  readonly commandReach: CommandReach;
  /** Settings that the restore needs; they never stay on for the rehearsal. */
  readonly restoreSettings: readonly PgSetting[];
  /** Aborts, with POSTGRES_DIED or DISK_FULL as reason, when a server ended without being told to. */
  readonly failed: AbortSignal;
  /** Absent where one rehearsal has it to itself. */
  readonly shared?: Lap;
}

/** One of several rehearsals on the same hosts, one after the other, each on servers of its own. */
export interface Lap {
  /** The environment's id: its hosts bear it, and `reap --run` takes it. */
  readonly id: string;
  /** From 1. */
  readonly position: number;
  /** How many there are to be. */
  readonly of: number;
  /** How long its making took, once for all of them. */
  readonly bootMs: number;
  /** How long the fresh servers of this one took; 0 for the first, whose came with the hosts. */
  readonly freshMs: number;
  /** ISO 8601 UTC. Nothing of it lives longer. */
  readonly until: string;
}

/** Gives hosts to several rehearsals, one after the other. */
export interface Lender {
  /**
   * Fresh servers on the same hosts, as that rehearsal asks for them; nothing of the one before is left there.
   * @param spec of the same hosts
   * @returns how long it took, ms
   */
  renew(spec: Pick<EnvironmentSpec, 'postgres' | 'connections'>, signal: AbortSignal): Promise<number>;
  /** Lets a process of this user on this machine find it, by `Target.lent`. @param price of the whole environment */
  lend(lap: Lap, price: Omit<HourlyPrice, 'estimate'> | null): Promise<void>;
}

/** The engine runs in this process, and restarts the server itself. */
export interface HereEnvironment extends Running {
  readonly engine: 'here';
  /** Undefined where there are none. */
  readonly bases?: Bases | undefined;
  /** What the server began on; absent where it began on an empty database or a base. */
  readonly copy?: StartedCopy | undefined;
  /** Restarts the server with the settings of that mode. @throws POSTGRES_START_FAILED */
  switchTo(mode: ServerMode, signal: AbortSignal): Promise<void>;
}

/** The engine runs on the driver host; `primary` and `standby` are addresses on the private network. */
export interface DriverEnvironment extends Running {
  readonly engine: 'driver';
  readonly driver: DriverAccess;
  /** Those that have but a share of the load. */
  readonly otherDrivers: readonly OtherDriver[];
  /** Of who made it; absent where it was lent. */
  readonly lender?: Lender;
}

export type RunningEnvironment = HereEnvironment | DriverEnvironment;

/** As in `could reach …`. */
export interface CommandReach {
  readonly open: string;
  readonly rehearsedOnly: string;
}

/** One temporary environment. `destroy` may be called at any time after construction, more than once, also half-way through `up`. */
export interface Environment<R extends RunningEnvironment = RunningEnvironment> {
  up(signal: AbortSignal): Promise<R>;
  /** @param tell as of a `Leftover` */
  destroy(tell?: Tell): Promise<void>;
  /** Lets it live on until then, and no longer; undefined where it cannot outlive this process. */
  keep?(until: Date): Promise<void>;
}

/** Where hosts come from. */
export interface Target<R extends RunningEnvironment = RunningEnvironment> {
  readonly name: string;
  /** Its environments can outlive the run that made them. */
  readonly keeps?: true;
  /** Its servers can begin on a physical copy. */
  readonly ofCopies?: true;
  /** Never taken for `auto`: it costs money, or is somebody's own. */
  readonly onlyByName?: true;
  /** Nothing that it makes lives longer, kept or not; twelve hours unless given. */
  readonly lifeMs?: number;
  /** How long removing an environment, or one leftover, may take; a minute unless given. */
  readonly removalMs?: number;
  /** The author's commands run as programs of this machine; else on a host that sees its installed software and the rehearsal's folder. */
  readonly runsCommandsHere?: true;
  available(): Promise<Availability>;
  /** Can it hold commands to the rehearsed database? It is tried out. */
  confines(): Promise<Availability>;
  environment(spec: EnvironmentSpec): Environment<R>;
  /**
   * The same with the environment of that id, which another process has made and removes; absent where each rehearsal makes its own.
   * @throws HOST_DIED where there is none
   */
  lent?(id: string): Promise<Target<R>>;
  /** Found by the claims that things carry. What cannot be looked at is told; a target that throws could look nowhere. */
  leftovers(signal: AbortSignal): Promise<Look<Leftover>>;
  /** What is called like ours and is not. */
  notOurs(signal: AbortSignal): Promise<Look<NotOurs>>;
  price(spec: EnvironmentSpec): Promise<HourlyPrice | undefined>;
}
