import { RehearsalError } from '../../../../scripts/shared/errors.ts';
import { netnsOf, variablesOf, type Part } from './part-names.ts';
import { runAsRoot, scriptWith } from '../privileged.ts';

/** Deleting a large database takes time. */
const REMOVE_TIMEOUT_MS = 120_000;

/**
 * Removes a host, or (role `network`) the network of a run, however much of it there is: only what its claim names and still
 * is the same thing. Takes no signal: what has begun to go is better gone.
 * @throws TIMED_OUT, TARGET_UNAVAILABLE, the latter also with what could not be removed
 */
export async function removePart(part: Part): Promise<void> {
  const script = scriptWith(variablesOf(part), 'claims', 'cgroups', 'common', 'remove');
  const { exitCode, complaint } = await runAsRoot(script, { timeoutMs: REMOVE_TIMEOUT_MS });
  if (exitCode === 0) return;
  throw new RehearsalError('TARGET_UNAVAILABLE', `cannot remove ${netnsOf(part)}: ${complaint}`, {
    hint: 'do what it says, then rehearse reap --execute once more',
  });
}
