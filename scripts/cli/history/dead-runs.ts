import { standingOf } from '../../../infra/claims/claim.ts';
import { readClaim } from '../../../infra/claims/claim-file.ts';
import { isNamedFor, removeClaimedFolder } from '../../../infra/claims/claimed-folder.ts';
import type { DeadRuns } from '../../history/keep/run-folders.ts';
import { RUN_CLAIM } from '../../../infra/claims/run-claim.ts';

/** Beyond its expiry a run only tears down and judges; until then another process may go on with it. */
const LAST_WORK_MS = 24 * 3_600_000;

/** The run folders whose run was killed: by their claims, never by their names or their age alone. */
export const deadRuns: DeadRuns = {
  deadRunOf: async (path, nowMs) => {
    const { claim } = await readClaim(path, RUN_CLAIM);
    if (claim === undefined || !isNamedFor(path, '', claim.runId)) return undefined;
    if (Date.parse(claim.expiresAt) + LAST_WORK_MS > nowMs) return undefined;
    return (await standingOf(claim)).inUse ? undefined : claim.runId;
  },
  remove: (path) => removeClaimedFolder(path, RUN_CLAIM),
};
