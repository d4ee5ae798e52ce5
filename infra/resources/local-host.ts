import { CustomResource, type CustomResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import type { ProcessIdentity } from '../process-identity.ts';
import { LocalNetwork } from './local-network.ts';
import { PLUGIN_VERSION } from './plugin.ts';

type NetworkPart = 'bridge' | 'subnet' | 'gateway' | 'bootId';

interface LocalHostArgs {
  readonly runId: Input<string>;
  /** `primary`, `standby` or `driver`. */
  readonly role: Input<string>;
  /** On the network, such as `10.89.7.10`. */
  readonly address: Input<string>;
  readonly network: LocalNetwork | Input<Record<NetworkPart, Input<string>>>;
  /** ISO 8601 UTC; the host dies by itself then. */
  readonly expiresAt: Input<string>;
  /** The process whose end is the host's end too. */
  readonly controller?: Input<ProcessIdentity>;
  /** Processors, also parts of one. */
  readonly cpu?: Input<number>;
  readonly memoryBytes?: Input<number>;
  readonly diskBytesPerSec?: Input<number>;
  readonly linkBitsPerSec?: Input<number>;
  readonly linkDelayMs?: Input<number>;
  /** OpenSSH public key as one line. */
  readonly authorizedKey: Input<string>;
  /** Paths of this machine that the host may read. */
  readonly share: Input<readonly { readonly from: string; readonly to: string }[]>;
}

/** A host of namespaces on this machine; made when its sshd answers. */
export class LocalHost extends CustomResource {
  declare readonly runId: Output<string>;
  declare readonly role: Output<string>;
  declare readonly address: Output<string>;
  /** As in known_hosts, without the host: `ssh-ed25519 AAAA…`. */
  declare readonly hostKey: Output<string>;
  /** Of its first process, in this machine's namespace. */
  declare readonly pid: Output<number>;
  declare readonly startTime: Output<string>;
  declare readonly bootId: Output<string>;
  /** What could not be given as asked for, such as `no netem: link delay not applied`. */
  declare readonly notes: Output<string[]>;

  constructor(name: string, args: LocalHostArgs, options: CustomResourceOptions = {}) {
    const { network } = args;
    const outputs = {
      hostKey: undefined,
      pid: undefined,
      startTime: undefined,
      bootId: undefined,
      notes: undefined,
    };
    const inputs = { ...args, network: network instanceof LocalNetwork ? partsOf(network) : network };
    super(
      'rehearsal:index:LocalHost',
      name,
      { ...outputs, ...inputs },
      { ...options, version: PLUGIN_VERSION },
    );
  }
}

function partsOf({ bridge, subnet, gateway, bootId }: LocalNetwork): Record<NetworkPart, Output<string>> {
  return { bridge, subnet, gateway, bootId };
}
