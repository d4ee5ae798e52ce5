import type { Analysis } from '../analysis/analyse.ts';
import type { FailedRequests } from '../analysis/traffic/failures.ts';

/** Position in its step of the statement that made requests fail; null where only the step is known. */
export function statementOfFailure({ causes }: Analysis, { cause }: FailedRequests): number | null {
  return cause === null ? null : (causes[cause]?.statement?.record.index ?? null);
}
