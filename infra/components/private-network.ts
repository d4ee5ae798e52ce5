import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import type { HostMaker, HostRole, MadeNetwork, Owner } from '../targets/hosts.ts';

/** The last number of each role's address; .1 is this machine's side of the network. */
const LAST_NUMBER: Readonly<Record<HostRole, number>> = { primary: 10, standby: 11, driver: 20 };

/** One /24 that belongs to the run alone. */
export class PrivateNetwork extends ComponentResource {
  readonly made: MadeNetwork;
  readonly subnet: Output<string>;

  constructor(name: string, args: { owner: Owner; maker: HostMaker }, options?: ComponentResourceOptions) {
    super('rehearsal:index:PrivateNetwork', name, {}, options);
    this.made = args.maker.network(`${name}-bridge`, args.owner, { parent: this });
    this.subnet = this.made.subnet;
    this.registerOutputs({ subnet: this.subnet });
  }

  /** Where the host of that role is, or will be. */
  address(role: HostRole): Output<string> {
    return this.subnet.apply((subnet) => addressIn(subnet, role));
  }
}

/** @param subnet a /24, such as `10.89.7.0/24` */
export function addressIn(subnet: string, role: HostRole): string {
  return subnet.replace(/\.\d+\/24$/, `.${LAST_NUMBER[role]}`);
}
