import { formatCount } from '../../shared/text/format.ts';
import type { AdviceRule } from './rule.ts';

/** DO and CALL that go through several tables keep the lock of the first until the last is done. */
export const codeBlock: AdviceRule = ({ node }, { lockedTables }) => {
  if (!('DoStmt' in node || 'CallStmt' in node) || lockedTables < 2) return undefined;
  return {
    effect: `The code locked ${formatCount(lockedTables)} tables in one transaction, and each of them until the last was done.`,
    advice:
      'Make it one transaction for each table: COMMIT at the end of every pass of the loop, which DO and CALL may do outside of a transaction block, ' +
      'or let the migration tool go through the tables and send each its own statements.',
    insteadSql: null,
  };
};
