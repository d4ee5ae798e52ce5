import type { ComponentResourceOptions, CustomResourceOptions, Output, Resource } from '@pulumi/pulumi';
import type { DriverRole } from '../../scripts/plan/schema/driver-hosts.ts';
import type { HostSpec } from '../../scripts/plan/model.ts';
import type { ProcessIdentity } from '../process-identity.ts';
import type { RehearsalError } from '../../scripts/shared/errors.ts';
import type { EngineDiagnostic } from './diagnostic.ts';
import type {
  Availability,
  CommandReach,
  EnvironmentSpec,
  HourlyPrice,
  Leftover,
  Look,
  NotOurs,
} from './target.ts';

export type HostRole = 'primary' | 'standby' | DriverRole;

/** A path of this machine that the hosts see, read-only. Only targets whose hosts live on this machine can do it. */
export interface Share {
  readonly from: string;
  readonly to: string;
}

/** Where the hosts find the programs that they need. Paths are the hosts'. */
export interface HostSoftware {
  readonly nodePath: string;
  readonly postgres: {
    readonly binDir: string;
    /** `18.4` */
    readonly version: string;
    readonly major: number;
    /** Does it come with pg_stat_statements? */
    readonly statistics: boolean;
  };
  readonly share: readonly Share[];
  /** What is sent to each host first, as one file; `install` unpacks it. */
  readonly ship?: Shipment;
  /**
   * What puts it there where it is not yet: a shell script that root runs once on each host, before anything else. It reads `run`,
   * `engine`, `postgres` (the run's id and folders), `subnet` (CIDR) and `expires` (seconds since 1970); a line of its output that
   * begins with `note: ` is for the report.
   */
  readonly install?: string;
}

interface Shipment {
  /** Absolute path on this machine. */
  readonly archive: string;
  /** Absolute path on the host. */
  readonly to: string;
}

/** How much of a machine a host has. */
export interface Capacity {
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** Whose a network or a host is. */
export interface Owner {
  readonly runId: string;
  /** ISO 8601 UTC. Nothing lives longer. */
  readonly expiresAt: string;
  /** Without this process nothing lives on either; null = the expiry alone counts. */
  readonly controller: ProcessIdentity | null;
}

/** What was created, by kind, such as `{ host: 1 }`; empty where nothing was, as on hosts that are there before and after. */
export type Created = Readonly<Record<string, number>>;

export interface MadeNetwork {
  /** As the target's own class; its `host` knows what else to ask of it. */
  readonly resource: Resource;
  readonly created: Created;
  /** Who may come to PostgreSQL: `10.89.7.0/24`, or several with blanks between. */
  readonly subnet: Output<string>;
}

export interface HostArgs {
  readonly owner: Owner;
  readonly role: HostRole;
  readonly network: MadeNetwork;
  readonly size: HostSpec;
  /** OpenSSH public key line of the run's key, the only one that a host made for it lets in. */
  readonly authorizedKey: string;
  readonly share: readonly Share[];
}

/** Keys that are not the run's own: an agent of OpenSSH's protocol has them, so that no key is copied anywhere. */
export interface Login {
  /** Path of the agent's socket on this machine. */
  readonly agent: string;
  /** The file of the key, for `ssh -i`; null where only the agent knows it. */
  readonly keyFile: string | null;
}

/** How this machine gets into a host by SSH. */
export interface Reach {
  /** Name or address to dial, from this machine or from the jump host. */
  readonly host: string;
  readonly port: number;
  /** `root`, or somebody who becomes root by `sudo -n`. */
  readonly user: string;
  /** The only key that the host may show, as in known_hosts without the host: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  /** Absent: with the run's key. */
  readonly login?: Login;
  /** The host to go through, which is reached without another one; null = dialled from here. */
  readonly jump: Jump | null;
}
export type Jump = Omit<Reach, 'jump'>;

export interface MadeHost {
  readonly resource: Resource;
  readonly created: Created;
  /** On the private network, where the hosts of the run reach it; such as `10.89.7.10`. */
  readonly address: Output<string>;
  readonly reach: Output<Reach>;
  /** What could not be done for it, as sentences. */
  readonly notes: Output<string[]>;
  /** What `HostTarget.alive` recognises it by: the target's own text. */
  readonly identity: Output<string>;
}

export type MakeOptions = CustomResourceOptions & ComponentResourceOptions;

/** The part of a target that speaks Pulumi: it makes a network and hosts, nothing inside them. */
export interface HostMaker {
  network(name: string, owner: Owner, options: MakeOptions): MadeNetwork;
  host(name: string, args: HostArgs, options: MakeOptions): MadeHost;
}

/** Absolute folders of a host that belong to the run alone. */
export interface HostPlaces {
  /** The engine's file and its job. */
  readonly run: string;
  /** PostgreSQL's files, on a real disk. */
  readonly postgres: string;
  /** What they lie in, where it is ours as well: made where it is not there, and gone with the last run that made it. */
  readonly base?: string;
}

/** A Pulumi provider plugin that a target's resources need besides this project's own. */
interface ProviderPlugin {
  /** `hcloud` */
  readonly name: string;
  /** Absolute folder of its PulumiPlugin.yaml or binary; undefined = the engine's own plugins have it. */
  readonly path?: string;
}

/** Why a promise cannot be kept, and what to do about it. */
type Unconfined = Extract<Availability, { available: false }>;

interface Patience {
  /** One `pulumi destroy`. */
  readonly destroyMs: number;
  /** An interrupted order, until its answer has come and what it made is gone. */
  readonly unwindMs: number;
}

/** A target that gives hosts with SSH. Its hosts and networks are found again by the run's id alone. */
export interface HostTarget {
  readonly name: string;
  readonly available: () => Promise<Availability>;
  /** Its environments can outlive the run that made them. */
  readonly keeps?: true;
  /** As in `Target`. */
  readonly onlyByName?: true;
  /** As in `Target`. */
  readonly lifeMs?: number;
  /** How long its removals take; as on this machine unless given. */
  readonly patience?: Patience;
  /** Besides this project's own. */
  readonly plugins?: readonly ProviderPlugin[];
  /** Its hosts are there before and after the stack: what was made on them is undone by a step of its own. */
  readonly outlives?: true;
  /** Some of its hosts let in a user who becomes root by sudo. */
  readonly sudo?: true;
  /** What of a rehearsal's wishes its hosts can have: such as no standby where there is no host for it; its limits say so. */
  fitted?(spec: EnvironmentSpec): EnvironmentSpec;
  /** The user that PostgreSQL runs as there, which is made for the run and gone with it; absent: `postgres`. */
  serverUser?(runId: string): string;
  /** A port that nobody listens on there, once `software` has looked; absent: 5432. */
  port?(): number;
  /**
   * From where root traces the waits of the primary's server: `host` = there; else from this machine, under whose kernel its hosts
   * are, and which sees the files of the host of an `identity` below that path. Absent: its machine is not ours to trace.
   */
  readonly tracing?: 'host' | ((identity: string) => string);
  /** Why its hosts cannot hold commands to the hosts of the run; absent: their network does. */
  readonly notConfined?: Unconfined;
  /** Where a host has the things of that run. */
  places(runId: string): HostPlaces;
  /** What an error of its own resources means, such as a quota or a token; undefined = nothing that it knows. */
  explain?(diagnostic: EngineDiagnostic): RehearsalError | undefined;
  /**
   * Settles what is going to be ordered, before anything is: the sizes that the hosts will have. What it must know again lies in
   * the folder. @throws COST_REFUSED, CLOUD_REFUSED
   */
  settle?(spec: EnvironmentSpec, folder: string, signal: AbortSignal): Promise<EnvironmentSpec['hosts']>;
  /**
   * Settles it for another place where hosts could not be had in the first: `settle` and `maker` go by that from then on.
   * @returns what people have to know of it; undefined = `failure` is about something else
   * @throws CLOUD_REFUSED where there is no other place
   */
  elsewhere?(
    spec: EnvironmentSpec,
    folder: string,
    tried: { readonly failure: Error; readonly signal: AbortSignal },
  ): Promise<string | undefined>;
  /** What that costs there; undefined = everything is where it was asked for. @param folder as of `settle` */
  priceElsewhere?(spec: EnvironmentSpec, folder: string): Promise<HourlyPrice | undefined>;
  /**
   * Loads the part that speaks Pulumi, which takes a second: not for commands that make no hosts.
   * @param folder as of `settle`
   */
  maker(folder: string): Promise<HostMaker>;
  /** Finds the programs for the hosts; what must be made for that goes into the folder. @throws POSTGRES_NOT_FOUND */
  software(spec: EnvironmentSpec, folder: string): Promise<HostSoftware>;
  capacity(size: HostSpec): Capacity;
  /** Sentences for the report. */
  limits(spec: EnvironmentSpec): string[];
  /** What commands on the driver host could reach; no network but that of the run. */
  readonly commandReach: CommandReach;
  /** @param identity a host's `identity`, as it came out of the stack */
  alive(identity: string): Promise<boolean>;
  /** How many processes of the host the kernel has killed for its memory limit; undefined where that cannot be told. */
  memoryKills?(identity: string): Promise<number | undefined>;
  /** Lets the run's hosts live on until then, and no longer. */
  keep(runId: string, until: Date): Promise<void>;
  /** Lets them belong to that process, whose death ends them as their expiry does. */
  adopt(runId: string, until: Date, owner: ProcessIdentity): Promise<void>;
  /** Removes whatever carries the run's claim, half-made or whole. Nothing there is no error. */
  removeRun(runId: string): Promise<void>;
  /** What carries this user's claim, found without any state. */
  leftovers(signal: AbortSignal): Promise<Look<Leftover>>;
  notOurs(signal: AbortSignal): Promise<Look<NotOurs>>;
  price(spec: EnvironmentSpec): Promise<HourlyPrice | undefined>;
}
