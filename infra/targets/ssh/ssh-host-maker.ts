import { ComponentResource, output } from '@pulumi/pulumi';
import type {
  HostArgs,
  HostMaker,
  HostRole,
  MadeHost,
  MadeNetwork,
  MakeOptions,
  Owner,
} from '../../contract/hosts.ts';
import { notesOf } from './fitness.ts';
import type { HostFacts } from './look.ts';

/** Takes hosts as they are: nothing is made of them in the stack, but what is done on them. */
export function sshHostMaker(facts: readonly HostFacts[]): HostMaker {
  const factsOf = (role: HostRole): HostFacts => {
    const found = facts.find(({ host }) => host.role === role);
    if (found) return found;
    throw new Error(`there is no ${role} among the hosts that were looked at`);
  };
  return {
    network(name: string, _owner: Owner, options: MakeOptions): MadeNetwork {
      const resource = new ComponentResource('rehearsal:index:OwnNetwork', name, {}, options);
      const others = facts.filter(({ host }) => host.role !== 'primary').map(({ host }) => net(host.address));
      return { resource, created: {}, subnet: output(others.join(' ')) };
    },

    host(name: string, { role }: HostArgs, options: MakeOptions): MadeHost {
      const found = factsOf(role);
      const { host, bootId } = found;
      return {
        resource: new ComponentResource('rehearsal:index:OwnHost', name, {}, options),
        created: {},
        address: output(host.address),
        reach: output(host.reach),
        notes: output(notesOf(found)),
        identity: output(JSON.stringify({ role, bootId })),
      };
    },
  };
}

function net(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}
