import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import type { HostMaker, MadeNetwork, Owner } from '../contract/hosts.ts';

/** The network on which the hosts of the run reach each other. */
export class PrivateNetwork extends ComponentResource {
  readonly made: MadeNetwork;
  readonly subnet: Output<string>;

  constructor(name: string, args: { owner: Owner; maker: HostMaker }, options?: ComponentResourceOptions) {
    super('rehearsal:index:PrivateNetwork', name, {}, options);
    this.made = args.maker.network(`${name}-bridge`, args.owner, { parent: this });
    this.subnet = this.made.subnet;
    this.registerOutputs({ subnet: this.subnet });
  }
}
