import type {
  ComponentResourceOptions,
  CustomResourceOptions,
  Input,
  Output,
  Resource,
} from '@pulumi/pulumi';
import type { HostSpec } from '../../scripts/plan/model.ts';
import type { ProcessIdentity } from '../process-identity.ts';
import type { CommandReach, EnvironmentSpec } from './target.ts';

export type HostRole = 'primary' | 'standby' | 'driver';

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

export interface MadeNetwork {
  /** As the target's own class; its `host` knows what else to ask of it. */
  readonly resource: Resource;
  /** `10.89.7.0/24` */
  readonly subnet: Output<string>;
}

export interface HostArgs {
  readonly owner: Owner;
  readonly role: HostRole;
  /** `10.89.7.10` */
  readonly address: Input<string>;
  readonly network: MadeNetwork;
  readonly size: HostSpec;
  /** OpenSSH public key line of the only key that may log in as root. */
  readonly authorizedKey: string;
  readonly share: readonly Share[];
}

export interface MadeHost {
  readonly resource: Resource;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: Output<string>;
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

/** A target that gives hosts with SSH. Its hosts and networks are found again by the run's id alone. */
export interface HostTarget {
  readonly name: string;
  /** Loads the part that speaks Pulumi, which takes a second: not for commands that make no hosts. */
  maker(): Promise<HostMaker>;
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
  /** What is there of the run all the same, found without any state; empty is the proof that nothing stayed. */
  left(runId: string): Promise<string[]>;
}
