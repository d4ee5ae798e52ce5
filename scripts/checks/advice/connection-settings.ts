import type { AdviceRule } from './rule.ts';

/** ALTER DATABASE … SET, ALTER ROLE … SET and ALTER SYSTEM: nothing of them is seen before connections are made anew. */
export const connectionSettings: AdviceRule = ({ node }) => {
  const isAny = 'AlterDatabaseSetStmt' in node || 'AlterRoleSetStmt' in node || 'AlterSystemStmt' in node;
  if (!isAny) return undefined;
  return {
    effect:
      'Whoever connects after it lives under the new setting; who is connected already keeps the old one.',
    advice:
      'Set it for the role that needs it and for no other, and first let the app set for itself what its long work needs (SET LOCAL in the transaction). An error that only new connections meet comes with the next restart of the app.',
    insteadSql: null,
  };
};
