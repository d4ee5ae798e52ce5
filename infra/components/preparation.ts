import type { remote } from '@pulumi/command';
import { plainScript } from './remote-script.ts';
import { remoteStep, type RemoteStepArgs } from './remote-step.ts';
import type { HostPlaces } from '../contract/hosts.ts';

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
    undo: plainScript('undo.sh', variables),
  });
}

/** Shell of root that ends and removes all that a run has on a host; for a target that finds a run without its stack. */
export function undoScript(runId: string, places: HostPlaces, serverUser: string): string {
  return plainScript('undo.sh', placeVariables(runId, places, serverUser));
}

function placeVariables(
  runId: string,
  { run, postgres, base = '' }: HostPlaces,
  serverUser: string,
): Record<string, string> {
  return { run: runId, engine: run, postgres, base, server_user: serverUser };
}
