import {
  all,
  ComponentResource,
  secret,
  type ComponentResourceOptions,
  type Output,
  type Resource,
} from '@pulumi/pulumi';
import type { Provider, types } from '@pulumi/command';
import type {
  Created,
  HostArgs,
  HostMaker,
  HostPlaces,
  HostRole,
  HostSoftware,
  Jump,
  Reach,
} from '../contract/hosts.ts';
import { clearedHost } from './cleared-host.ts';
import { preparation } from './preparation.ts';
import { remoteFile } from './remote-file.ts';
import type { StepHost } from './remote-step.ts';
import type { PrivateNetwork } from './private-network.ts';

type Connection = types.input.remote.ConnectionArgs;

/** The provider waits 0.1 s after the first refused connection and up to 5 s between later ones: some 4 minutes in all. */
const DIAL_ERROR_LIMIT = 60;
const PER_DIAL_TIMEOUT_SEC = 5;

interface HostComponentArgs extends Omit<HostArgs, 'network'> {
  readonly maker: HostMaker;
  /** Runs commands on it. */
  readonly commands: Provider;
  readonly network: PrivateNetwork;
  /** In OpenSSH format; a secret. */
  readonly privateKey: string;
  readonly places: HostPlaces;
  readonly software: Pick<HostSoftware, 'ship' | 'install'>;
  /** As in `HostTarget`. */
  readonly outlives: boolean;
  /** The run's folders are made first, with what takes them back. */
  readonly prepares: boolean;
  /** As in `EnvironmentPlan`. */
  readonly claim: string;
  readonly serverUser: string;
  /** As in `EnvironmentPlan`. */
  readonly lap: number;
}

/** One temporary Linux host that answers to SSH with the run's key, and nothing more. */
export class Host extends ComponentResource implements StepHost {
  readonly role: HostRole;
  readonly address: Output<string>;
  readonly reach: Output<Reach>;
  readonly notes: Output<string[]>;
  readonly identity: Output<string>;
  readonly created: Created;
  readonly places: HostPlaces;
  readonly lap: number;
  /** The machine, where what lives on it goes when it goes; undefined where it outlives the stack. */
  readonly deletedWith: Resource | undefined;
  /** Everything that is done on it waits for these. */
  readonly ready: readonly Resource[];
  readonly commands: Provider;
  /** For remote commands; a secret as a whole. */
  readonly connection: Output<Connection>;

  constructor(name: string, args: HostComponentArgs, options?: ComponentResourceOptions) {
    super('rehearsal:index:Host', name, {}, options);
    const { maker, commands, network, privateKey, places, software, outlives, prepares, ...rest } = args;
    const { claim, serverUser, lap, ...host } = rest;
    this.lap = lap;
    this.commands = commands;
    this.role = args.role;
    this.places = places;
    const made = maker.host(
      `${name}-host`,
      { ...host, network: network.made },
      { parent: this, dependsOn: [network.made.resource] },
    );
    this.address = made.address;
    this.reach = made.reach;
    this.created = made.created;
    this.deletedWith = outlives ? undefined : made.resource;
    this.notes = made.notes;
    this.identity = made.identity;
    this.connection = secret(made.reach.apply((reach) => connectionOf(reach, privateKey)));
    this.ready = [made.resource];
    if (prepares) {
      const { ship, install } = software;
      const sent =
        ship && remoteFile(`${name}-software`, { host: this, parent: this, from: ship.archive, to: ship.to });
      const prepared = preparation(`${name}-prepare`, {
        host: this,
        owner: args.owner,
        subnet: network.subnet,
        install,
        dependsOn: sent === undefined ? [] : [sent],
        claim,
        serverUser,
      });
      this.ready = [made.resource, prepared];
      this.notes = all([made.notes, prepared.stdout]).apply(([notes, said]) => [...notes, ...notesIn(said)]);
    }
    if (lap > 1) this.ready = [...this.ready, clearedHost(`${name}-clear`, this)];
    this.registerOutputs({ address: this.address });
  }
}

const NOTE = 'note: ';

/** A command that has not run has said nothing. */
function notesIn(said: string | undefined): string[] {
  const lines = (said ?? '').split('\n').filter((line) => line.startsWith(NOTE));
  return lines.map((line) => line.slice(NOTE.length));
}

/** As a remote command takes it. */
function connectionOf({ jump, ...reach }: Reach, privateKey: string): Connection {
  const dialled = ({ host, port, user, hostKey, login }: Jump): Omit<Connection, 'proxy'> => ({
    host,
    port,
    user,
    hostKey,
    ...(login === undefined ? { privateKey } : { agentSocketPath: login.agent }),
    dialErrorLimit: DIAL_ERROR_LIMIT,
    perDialTimeout: PER_DIAL_TIMEOUT_SEC,
  });
  return { ...dialled(reach), ...(jump === null ? {} : { proxy: dialled(jump) }) };
}
