import {
  ComponentResource,
  secret,
  type ComponentResourceOptions,
  type Output,
  type Resource,
} from '@pulumi/pulumi';
import type { Provider, types } from '@pulumi/command';
import type { HostArgs, HostMaker, HostRole } from '../targets/hosts.ts';
import type { PrivateNetwork } from './private-network.ts';

type Connection = types.input.remote.ConnectionArgs;

/** The provider waits 0.1 s after the first refused connection and up to 5 s between later ones: some 4 minutes in all. */
const DIAL_ERROR_LIMIT = 60;
const PER_DIAL_TIMEOUT_SEC = 5;

export interface HostComponentArgs extends Omit<HostArgs, 'address' | 'network'> {
  readonly maker: HostMaker;
  /** Runs commands on it. */
  readonly commands: Provider;
  readonly network: PrivateNetwork;
  /** In OpenSSH format; a secret. */
  readonly privateKey: string;
}

/** One temporary Linux host that answers to SSH with the run's key, and nothing more. */
export class Host extends ComponentResource {
  readonly role: HostRole;
  readonly address: Output<string>;
  readonly hostKey: Output<string>;
  readonly notes: Output<string[]>;
  readonly identity: Output<string>;
  /** The machine itself: what lives on it goes when it goes. */
  readonly machine: Resource;
  readonly commands: Provider;
  /** For remote commands; a secret as a whole. */
  readonly connection: Output<Connection>;

  constructor(name: string, args: HostComponentArgs, options?: ComponentResourceOptions) {
    super('rehearsal:index:Host', name, {}, options);
    const { maker, commands, network, privateKey, ...host } = args;
    this.commands = commands;
    this.role = args.role;
    this.address = network.address(args.role);
    const made = maker.host(
      `${name}-host`,
      { ...host, address: this.address, network: network.made },
      { parent: this, dependsOn: [network.made.resource] },
    );
    this.machine = made.resource;
    this.hostKey = made.hostKey;
    this.notes = made.notes;
    this.identity = made.identity;
    this.connection = secret({
      ...{ host: this.address, port: 22, user: 'root', privateKey, hostKey: this.hostKey },
      ...{ dialErrorLimit: DIAL_ERROR_LIMIT, perDialTimeout: PER_DIAL_TIMEOUT_SEC },
    });
    this.registerOutputs({ address: this.address, hostKey: this.hostKey });
  }
}
