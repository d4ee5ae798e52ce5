import type { Target } from '../../infra/contract/target.ts';
import type { Rehearsal } from '../plan/model.ts';
import { RehearsalError } from '../shared/errors.ts';
import { whyNotConfined } from './run/command-network.ts';
import { someTargetFor } from './run/command-target.ts';

/** Why a run of the rehearsal would end on this machine before it begins, as far as it is known without a server. */
export async function whyNotHere(rehearsal: Rehearsal, targetName = 'auto'): Promise<string[]> {
  try {
    const target = await someTargetFor(rehearsal, targetName);
    const [not, lacks] = await Promise.all([
      whyNotConfined(rehearsal, target),
      whyNoServer(rehearsal, target),
    ]);
    return [...(not === undefined ? [] : [`${not.why} (${not.remedy})`]), ...lacks];
  } catch (error) {
    if (!(error instanceof RehearsalError)) throw error;
    // No target fits; the server may be missing as well, where it would run on this machine.
    const name = targetName === 'auto' ? 'embedded' : targetName;
    return [error.message, ...(await whyNoServer(rehearsal, { name }))];
  }
}

/** Targets of this machine take the PostgreSQL that is installed here. */
async function whyNoServer({ postgres }: Rehearsal, { name }: Pick<Target, 'name'>): Promise<string[]> {
  if (name !== 'embedded' && name !== 'local') return [];
  const { findBinaries } = await import('../../infra/postgres/binaries.ts');
  try {
    await findBinaries(postgres);
    return [];
  } catch (error) {
    if (error instanceof RehearsalError) return [error.message];
    throw error;
  }
}
