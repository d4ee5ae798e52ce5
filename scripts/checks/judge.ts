import type { RunFolder } from '../artifacts/run-folder.ts';
import { loadAdvice } from './advice.ts';
import { analyse } from './analysis/analyse.ts';
import { assembleResult } from './assemble-result.ts';
import { readEvidence, type Evidence } from './evidence.ts';
import type { Result } from './result.ts';
import { runChecks } from './run-checks.ts';

/**
 * Judges a run from what it left in its folder; nothing else is asked, and the same folder gives the same result.
 * @throws RUN_INVALID naming a damaged file
 */
export async function judge(folder: RunFolder): Promise<Result> {
  await loadAdvice();
  return judgeEvidence(await readEvidence(folder));
}

/** Pure; `loadAdvice` must have been awaited once. */
export function judgeEvidence(evidence: Evidence): Result {
  const analysis = analyse(evidence);
  return assembleResult(analysis, runChecks(analysis));
}
