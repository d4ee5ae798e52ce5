import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { currentPidSpace } from '../../process-identity.ts';
import { NETWORK_ROLE, requirePart, variablesOf } from './names.ts';
import { aliasOf, epochSeconds, ownerText } from './owner.ts';
import { runAsRoot, scriptWith } from './privileged.ts';

const KEEP_TIMEOUT_MS = 10_000;

/**
 * The hosts and the network of a run live until then and never longer, owner or no owner.
 * @throws HOST_DIED where nothing of the run is here
 */
export async function keepLocalHosts(runId: string, until: Date): Promise<void> {
  const expires = epochSeconds(until);
  const alias = aliasOf(runId, expires, true, ownerText(null, await currentPidSpace()));
  const variables = { ...variablesOf(requirePart(runId, NETWORK_ROLE)), EXPIRES: expires, ALIAS: alias };
  const script = scriptWith(variables, 'cgroups', 'common', 'keep');
  const { exitCode, complaint } = await runAsRoot(script, { timeoutMs: KEEP_TIMEOUT_MS });
  if (exitCode === 0) return;
  throw new RehearsalError('HOST_DIED', `cannot keep the hosts: ${complaint}`, {
    hint: 'they may have expired; rehearse list shows what is alive',
  });
}
