import { CustomResource, type CustomResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import type { ProcessIdentity } from '../process-identity.ts';
import { PLUGIN_VERSION } from './plugin.ts';

interface LocalNetworkArgs {
  readonly runId: Input<string>;
  /** Nothing of it lives longer. ISO 8601 UTC. */
  readonly expiresAt: Input<string>;
  /** Such as `10.89.7.0/24`; without it a free one is chosen. */
  readonly subnet?: Input<string>;
  /** The process whose end is the network's end too. */
  readonly controller?: Input<ProcessIdentity>;
}

/** A private network of namespaces on this machine. */
export class LocalNetwork extends CustomResource {
  declare readonly runId: Output<string>;
  declare readonly expiresAt: Output<string>;
  declare readonly bridge: Output<string>;
  declare readonly subnet: Output<string>;
  declare readonly gateway: Output<string>;
  declare readonly bootId: Output<string>;

  constructor(name: string, args: LocalNetworkArgs, options: CustomResourceOptions = {}) {
    const outputs = { bridge: undefined, subnet: undefined, gateway: undefined, bootId: undefined };
    super(
      'rehearsal:index:LocalNetwork',
      name,
      { ...outputs, ...args },
      { ...options, version: PLUGIN_VERSION },
    );
  }
}
