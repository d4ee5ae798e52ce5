import { all } from '@pulumi/pulumi';
import { addressIn } from './hosts-file.ts';
import { LocalHost } from '../../resources/local-host.ts';
import { LocalNetwork } from '../../resources/local-network.ts';
import type { HostArgs, HostMaker, MadeHost, MadeNetwork, MakeOptions, Owner } from '../../contract/hosts.ts';

/** Makes hosts of namespaces by the plugin `rehearsal`. */
export const localHostMaker: HostMaker = {
  network(name: string, owner: Owner, options: MakeOptions): MadeNetwork {
    const { controller, ...rest } = owner;
    const resource = new LocalNetwork(
      name,
      { ...rest, ...(controller === null ? {} : { controller }) },
      options,
    );
    return { resource, created: { network: 1 }, subnet: resource.subnet };
  },

  host(name: string, args: HostArgs, options: MakeOptions): MadeHost {
    const { owner, role, size, authorizedKey, share } = args;
    const { controller, ...rest } = owner;
    const network = args.network.resource;
    if (!(network instanceof LocalNetwork)) throw new Error('a local host needs a local network');
    const address = network.subnet.apply((subnet) => addressIn(subnet, role));
    const { cpu, memoryBytes, diskBytesPerSec, linkBitsPerSec, linkDelayMs } = size;
    const resource = new LocalHost(
      name,
      {
        ...rest,
        role,
        address,
        network,
        authorizedKey,
        share,
        ...(controller === null ? {} : { controller }),
        ...defined({ cpu, memoryBytes, diskBytesPerSec, linkBitsPerSec, linkDelayMs }),
      },
      options,
    );
    const { hostKey, notes, runId, pid, startTime, bootId } = resource;
    const identity = all([runId, resource.role, resource.address, hostKey, pid, startTime, bootId]).apply(
      ([run, as, at, key, first, started, boot]) =>
        JSON.stringify({
          runId: run,
          role: as,
          address: at,
          hostKey: key,
          pid: first,
          startTime: started,
          bootId: boot,
          notes: [],
        }),
    );
    const reach = all([resource.address, hostKey]).apply(([host, key]) => ({
      host,
      port: 22,
      user: 'root',
      hostKey: key,
      jump: null,
    }));
    return { resource, created: { host: 1 }, address: resource.address, reach, notes, identity };
  },
};

function defined(values: Readonly<Record<string, number | undefined>>): Record<string, number> {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(given);
}
