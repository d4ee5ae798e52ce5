import { all } from '@pulumi/pulumi';
import type { CloudName } from '../../clouds/cloud.ts';
import { ownerMark } from '../../clouds/owner.ts';
import type { HostArgs, HostMaker, MadeHost, MadeNetwork, MakeOptions, Owner } from '../../contract/hosts.ts';
import { CloudHost } from '../../resources/cloud-host.ts';
import { CloudNetwork } from '../../resources/cloud-network.ts';
import { orderedHost, type Order } from './order.ts';
import type { CloudSettings } from '../../../scripts/plan/schema/targets/clouds.ts';

/** Has a cloud make what was ordered, by the plugin `rehearsal`. */
export function cloudHostMaker(cloud: CloudName, order: Order, settings: CloudSettings): HostMaker {
  const markerOf = ({ runId, expiresAt }: Owner) => ({ cloud, runId, expiresAt, owner: ownerMark() });
  return {
    network(name: string, owner: Owner, options: MakeOptions): MadeNetwork {
      const resource = new CloudNetwork(name, { ...markerOf(owner), location: order.location }, options);
      return { resource, created: { network: 1 }, subnet: resource.subnet };
    },

    host(name: string, args: HostArgs, options: MakeOptions): MadeHost {
      const network = args.network.resource;
      if (!(network instanceof CloudNetwork)) throw new Error('a rented host needs the network of its cloud');
      const { role, owner, authorizedKey } = args;
      const { plans, title } = orderedHost(order, role);
      const resource = new CloudHost(
        name,
        {
          ...markerOf(owner),
          role,
          plans,
          authorizedKey,
          networkId: network.networkId,
          location: order.location,
          image: order.image,
          allowUpFront: settings.allowUpFront === true,
        },
        options,
      );
      const { address, publicAddress, hostKey, hostId, hostName } = resource;
      return {
        resource,
        created: { host: 1 },
        address,
        reach: all([publicAddress, hostKey]).apply(([host, key]) => ({
          host,
          port: 22,
          user: 'root',
          hostKey: key,
          jump: null,
        })),
        notes: resource.notes.apply((notes) => [`rented as ${title} in ${placeOf(order)}.`, ...notes]),
        identity: all([hostId, hostName]).apply(([id, called]) => JSON.stringify({ id, name: called })),
      };
    },
  };
}

function placeOf({ location, soldOutIn }: Order): string {
  return soldOutIn.length === 0
    ? location
    : `${location}, as something was sold out in ${soldOutIn.join(', ')}`;
}
