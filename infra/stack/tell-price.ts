import { log, RunError } from '@pulumi/pulumi';
import type { Rehearsal } from '../../scripts/plan/model.ts';
import { asError, RehearsalError } from '../../scripts/shared/errors.ts';
import { allTargets } from '../targets/index.ts';

/**
 * Tells what the hosts of a rehearsal would cost, where they are rented; nothing is ordered. A price that cannot be had is a
 * warning: the update will ask again.
 * @throws RunError where it may cost more than `maxCost`
 */
export async function tellPrice(rehearsal: Rehearsal, targetName: string): Promise<void> {
  const { name, postgres, hosts, targets } = rehearsal;
  const target = allTargets(targets).find((one) => one.name === targetName);
  if (target?.lifeMs === undefined) return;
  const expiresAt = new Date(Date.now() + target.lifeMs).toISOString();
  try {
    const price = await target.price({ runId: 'estimate', postgres, hosts, expiresAt });
    if (price?.estimate !== undefined) await log.info(`${name} on ${targetName}: ${price.estimate}`);
  } catch (thrown) {
    const error = asError(thrown);
    const hint = error instanceof RehearsalError && error.hint ? `; ${error.hint}` : '';
    const text = `${name} on ${targetName}: ${error.message}${hint}`;
    if (!(error instanceof RehearsalError) || error.code !== 'COST_REFUSED') return log.warn(text);
    const refused = new RunError(text);
    refused.stack = text;
    throw refused;
  }
}
