import type { remote } from '@pulumi/command';
import { remoteStep, type RemoteStepArgs } from './remote-step.ts';
import { placeVariables, undoScript } from './undo-script.ts';

interface PreparationArgs {
  readonly host: RemoteStepArgs['host'];
  readonly runId: string;
  /** As in `HostSoftware`. */
  readonly install: string | undefined;
  /** As in `EnvironmentPlan`. */
  readonly claim: string;
  readonly serverUser: string;
}

/**
 * Makes the run's folders on a host, and the software where it is not there. It has its undo: whatever else is done on the host
 * lies in these folders.
 */
export function preparation(name: string, args: PreparationArgs): remote.Command {
  const { host, runId, install = '', claim, serverUser } = args;
  const variables = placeVariables(runId, host.places, serverUser);
  return remoteStep(name, {
    host,
    parent: host,
    script: 'prepare.sh',
    more: install,
    variables: { ...variables, claim },
    undo: undoScript(runId, host.places, serverUser),
  });
}
