import type { HostPlaces } from '../contract/hosts.ts';
import { plainScript } from './remote-script.ts';

/*
 * Apart from the components themselves: a target looks for what dead runs left without Pulumi, which need not be installed.
 */

/** Shell of root that ends and removes all that a run has on a host; for a target that finds a run without its stack. */
export function undoScript(runId: string, places: HostPlaces, serverUser: string): string {
  return plainScript('undo.sh', placeVariables(runId, places, serverUser));
}

/** What the scripts of a host have to know of it. */
export function placeVariables(
  runId: string,
  { run, postgres, base = '' }: HostPlaces,
  serverUser: string,
): Record<string, string> {
  return { run: runId, engine: run, postgres, base, server_user: serverUser };
}
