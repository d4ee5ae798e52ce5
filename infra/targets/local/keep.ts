import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { currentPidSpace, type ProcessIdentity } from '../../process-identity.ts';
import { NETWORK_ROLE, requirePart, variablesOf } from './parts/part-names.ts';
import { aliasOf, epochSeconds, ownerText } from './parts/part-owner.ts';
import { runAsRoot, scriptWith } from './privileged.ts';

const KEEP_TIMEOUT_MS = 10_000;

/**
 * The hosts and the network of a run live until then and never longer, owner or no owner.
 * @throws HOST_DIED where nothing of the run is here
 */
export async function keepLocalHosts(runId: string, until: Date): Promise<void> {
  await claimAnew(runId, until, null);
}

/**
 * They belong to that process from now on: its death ends them, and so does the expiry.
 * @throws HOST_DIED where nothing of the run is here
 */
export async function adoptLocalHosts(runId: string, until: Date, owner: ProcessIdentity): Promise<void> {
  await claimAnew(runId, until, owner);
}

async function claimAnew(runId: string, until: Date, controller: ProcessIdentity | null): Promise<void> {
  const [expires, owner] = [epochSeconds(until), ownerText(controller, await currentPidSpace())];
  const variables = {
    ...variablesOf(requirePart(runId, NETWORK_ROLE)),
    EXPIRES: expires,
    OWNER: owner,
    HOW: controller === null ? 'kept' : 'owned',
    ALIAS: aliasOf(runId, expires, controller === null, owner),
  };
  const script = scriptWith(variables, 'claims', 'cgroups', 'common', 'keep');
  const { exitCode, complaint } = await runAsRoot(script, { timeoutMs: KEEP_TIMEOUT_MS });
  if (exitCode === 0) return;
  throw new RehearsalError('HOST_DIED', `cannot keep the hosts: ${complaint}`, {
    hint: 'they end a minute after their run’s process, and at their expiry; rehearse list shows what is alive',
  });
}
