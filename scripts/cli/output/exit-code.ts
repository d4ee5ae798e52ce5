import type { Result } from '../../checks/result/contract/result.ts';
import { EXIT } from '../../shared/errors.ts';

const BY_VERDICT = { pass: EXIT.ok, fail: EXIT.failed, inconclusive: EXIT.inconclusive };

/** The exit code that a result stands for; something that may remain wins over all. */
export function exitCodeOfResult({
  verdict,
  environment,
}: Pick<Result, 'verdict'> & { environment: { leftovers: number | null } }): number {
  return (environment.leftovers ?? 0) > 0 ? EXIT.leaked : BY_VERDICT[verdict];
}
