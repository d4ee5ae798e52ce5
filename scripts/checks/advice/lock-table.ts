import type { AdviceRule } from './rule.ts';

/** LOCK TABLE keeps its lock, whatever it is for, to the end of the transaction. */
export const lockTable: AdviceRule = (statement) => {
  if (!('LockStmt' in statement.node)) return undefined;
  const tables = (statement.node.LockStmt.relations ?? [])
    .flatMap((node) => ('RangeVar' in node ? [statement.relation(node.RangeVar)] : []))
    .join(', ');
  return {
    effect: `LOCK TABLE kept ${tables} from everybody until its transaction ended.`,
    advice:
      'Leave it out where each statement takes the lock that it needs; where it must stay, take the weakest mode that will do and end the transaction at once.',
    insteadSql: `begin;\nlock table ${tables} in share row exclusive mode; -- reads go on; writes wait\n-- only what needs the lock\ncommit;`,
  };
};
