import { CustomResource, type CustomResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { PLUGIN_VERSION } from './plugin.ts';

export interface CloudNetworkArgs {
  /** `raff`, `hcloud` or `digitalocean`; its token comes from the environment of the plugin and is never an input. */
  readonly cloud: Input<string>;
  readonly runId: Input<string>;
  readonly owner: Input<string>;
  /** ISO 8601 UTC. */
  readonly expiresAt: Input<string>;
  readonly location: Input<string>;
}

/** The private network of a run in a cloud. */
export class CloudNetwork extends CustomResource {
  /** The cloud's own id of it. */
  declare readonly networkId: Output<string>;
  /** `10.89.7.0/24` */
  declare readonly subnet: Output<string>;

  constructor(name: string, args: CloudNetworkArgs, options: CustomResourceOptions = {}) {
    super(
      'rehearsal:index:CloudNetwork',
      name,
      { ...args, networkId: undefined, subnet: undefined },
      { ...options, version: PLUGIN_VERSION },
    );
  }
}
