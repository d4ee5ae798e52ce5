import { CustomResource, type CustomResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import type { CloudNetworkArgs } from './cloud-network.ts';
import { PLUGIN_VERSION } from './plugin.ts';

interface CloudHostArgs extends CloudNetworkArgs {
  /** `primary`, `standby` or `driver`. */
  readonly role: Input<string>;
  readonly image: Input<string>;
  /** The cloud's names of sizes, in the order in which they are tried when one is sold out. */
  readonly plans: Input<Input<string>[]>;
  readonly networkId: Input<string>;
  /** OpenSSH public key line; the only key that logs in. */
  readonly authorizedKey: Input<string>;
  /** Pay a month up front where the account is billed so. */
  readonly allowUpFront: Input<boolean>;
}

/** A rented host whose SSH answers. */
export class CloudHost extends CustomResource {
  /** The cloud's own id and name of it. */
  declare readonly hostId: Output<string>;
  declare readonly hostName: Output<string>;
  /** On the private network. */
  declare readonly address: Output<string>;
  declare readonly publicAddress: Output<string>;
  /** `ssh-ed25519 AAAA…` */
  declare readonly hostKey: Output<string>;
  /** The plan that it got. */
  declare readonly plan: Output<string>;
  declare readonly notes: Output<string[]>;

  constructor(name: string, args: CloudHostArgs, options: CustomResourceOptions = {}) {
    const outputs = {
      hostId: undefined,
      hostName: undefined,
      address: undefined,
      publicAddress: undefined,
      hostKey: undefined,
      plan: undefined,
      notes: undefined,
    };
    super(
      'rehearsal:index:CloudHost',
      name,
      { ...args, ...outputs },
      { ...options, version: PLUGIN_VERSION },
    );
  }
}
