import type { StatementResult } from './result-steps.ts';

/** What decides, the first that differs first: whether it failed, whom it hurt, how long it kept others out, how long it took. */
const DECIDING: readonly ((statement: StatementResult) => number)[] = [
  ({ error }) => (error === null ? 0 : 1),
  ({ victims }) => victims.failed,
  ({ victims }) => victims.delayed,
  ({ blackoutMs }) => blackoutMs,
  ({ lockWaitMs }) => lockWaitMs,
  ({ durationMs }) => durationMs,
];

/**
 * The `most` statements that tell most.
 * @param isWanted whether it is among them whatever it did
 */
export function mostTelling(
  statements: readonly StatementResult[],
  most: number,
  isWanted: (statement: StatementResult) => boolean = () => false,
): ReadonlySet<StatementResult> {
  if (statements.length <= most) return new Set(statements);
  const ordered = statements.toSorted((a, b) => {
    const wanted = Number(isWanted(b)) - Number(isWanted(a));
    if (wanted !== 0) return wanted;
    for (const of of DECIDING) if (of(a) !== of(b)) return of(b) - of(a);
    return 0;
  });
  return new Set(ordered.slice(0, most));
}
