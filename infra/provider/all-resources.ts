import { cloudHost } from './cloud-host.ts';
import { cloudNetwork } from './cloud-network.ts';
import { localHost } from './local-host.ts';
import { localNetwork } from './local-network.ts';
import { rehearsal } from './rehearsal.ts';
import { rehearseCommand } from './rehearse-command.ts';
import type { Resource } from './resource.ts';
import { teardown } from './teardown.ts';

/** Every kind of resource that this plugin has, by its type token. */
export function allResources(): Record<string, Resource> {
  const command = rehearseCommand();
  return {
    'rehearsal:index:CloudNetwork': cloudNetwork(),
    'rehearsal:index:CloudHost': cloudHost(),
    'rehearsal:index:LocalNetwork': localNetwork,
    'rehearsal:index:LocalHost': localHost,
    'rehearsal:index:Rehearsal': rehearsal(command),
    'rehearsal:index:Teardown': teardown(command),
  };
}
