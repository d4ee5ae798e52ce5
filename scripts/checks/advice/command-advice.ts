import type { Analysis } from '../analysis/analyse.ts';
import type { StepRun } from '../analysis/step-runs.ts';
import { commandLockTimeoutMs } from '../settings/command-settings.ts';
import type { Advice } from './rule.ts';
import { shownTimeout } from '../settings/timeouts.ts';

/** A constant that was left out of a statement. */
const LEFT_OUT = /\$\d/;

/** What its statement itself should be, and what the command can do. */
export function ofCommand(advice: string, own: Advice | undefined): Partial<Advice> {
  if (own === undefined) return { advice };
  const { effect, insteadSql } = own;
  const isComplete = insteadSql !== null && !LEFT_OUT.test(insteadSql);
  return { effect, advice: `${own.advice} ${advice}`, insteadSql: isComplete ? insteadSql : null };
}

/** What to do about a command that stopped the app; a lock_timeout that was in force need not be advised. */
export function commandAdvice({ planned }: StepRun, analysis: Analysis): string {
  const inForceMs = commandLockTimeoutMs(planned, analysis) ?? 0;
  const apart = 'write the statements as a sql step: its locks are then measured one by one.';
  if (inForceMs === 0) return `Let the migration tool set lock_timeout, or ${apart}`;
  return (
    `A lock_timeout of ${shownTimeout(inForceMs)} was in force: it ends a wait in the queue and no hold. Set it below what the app may wait, ` +
    `let the tool do less in one transaction, or ${apart}`
  );
}
