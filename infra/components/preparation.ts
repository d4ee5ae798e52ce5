import type { Output, Resource } from '@pulumi/pulumi';
import type { remote } from '@pulumi/command';
import { remoteStep, type RemoteStepArgs } from './remote-step.ts';
import { placeVariables, undoScript } from './undo-script.ts';
import type { Owner } from '../contract/hosts.ts';

interface PreparationArgs {
  readonly host: RemoteStepArgs['host'];
  readonly owner: Owner;
  /** Of the private network, as CIDR. */
  readonly subnet: Output<string>;
  /** As in `HostSoftware`. */
  readonly install: string | undefined;
  /** As in `EnvironmentPlan`. */
  readonly claim: string;
  readonly serverUser: string;
  /** What `install` needs on the host. */
  readonly dependsOn: readonly Resource[];
}

/**
 * Makes the run's folders on a host, and the software where it is not there. It has its undo: whatever else is done on the host
 * lies in these folders.
 */
export function preparation(name: string, args: PreparationArgs): remote.Command {
  const { host, owner, subnet, install = '', dependsOn, claim, serverUser } = args;
  const variables = placeVariables(owner.runId, host.places, serverUser);
  const expires = String(Math.floor(Date.parse(owner.expiresAt) / 1000));
  return remoteStep(name, {
    host,
    parent: host,
    script: 'prepare.sh',
    more: install,
    variables: { ...variables, claim, subnet, expires },
    dependsOn,
    once: true,
    undo: undoScript(owner.runId, host.places, serverUser),
  });
}
