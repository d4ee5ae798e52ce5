import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import type { Rehearsal } from '../plan/model.ts';
import { driverCount } from '../plan/schema/driver-hosts.ts';
import { RehearsalError } from '../shared/errors.ts';
import { someTargetFor } from './run/command-target.ts';

/**
 * What a run would say before it begins of a load that its drivers cannot send in time; undefined where they can, and where their
 * processors are not known by now: of hosts that are rented, without `hosts.driver.cpu`.
 * @param targetName of the environment; undefined = auto
 */
export async function whyLoadIsLate(
  rehearsal: Rehearsal,
  targetName: string | undefined,
  cwd: string,
): Promise<string | undefined> {
  const [{ tooMuchLoad }, { parseVersions }] = await Promise.all([
    import('../load/scripts/load-cost.ts'),
    import('../load/scripts/parse-versions.ts'),
  ]);
  const versions = parseVersions(rehearsal.load, (path) => relative(cwd, path));
  const told = rehearsal.hosts['driver']?.cpu;
  const late = tooMuchLoad(rehearsal.load, versions, told ?? availableParallelism(), driverCount(rehearsal));
  return late !== undefined && (told !== undefined || (await isSentFromHere(rehearsal, targetName)))
    ? late
    : undefined;
}

/** Whether this machine's processors send it: targets of this machine make their hosts of them. */
async function isSentFromHere(rehearsal: Rehearsal, targetName = 'auto'): Promise<boolean> {
  try {
    const { name } = await someTargetFor(rehearsal, targetName);
    return name === 'embedded' || name === 'local';
  } catch (error) {
    if (!(error instanceof RehearsalError)) throw error;
    return false;
  }
}
