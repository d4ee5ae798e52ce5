import type { Result } from '../checks/result.ts';
import { EXIT } from '../shared/errors.ts';

const BY_VERDICT = { pass: EXIT.ok, fail: EXIT.failed, inconclusive: EXIT.inconclusive };

/** The exit code that a result stands for; something that may remain wins over all. */
export function exitCodeOfResult({
  outcome,
  verdict,
  environment,
}: Pick<Result, 'outcome' | 'verdict'> & { environment: { leftovers: number | null } }): number {
  if ((environment.leftovers ?? 0) > 0) return EXIT.leaked;
  return outcome === 'interrupted' ? EXIT.interrupted : BY_VERDICT[verdict];
}
