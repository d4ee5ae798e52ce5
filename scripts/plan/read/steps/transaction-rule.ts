import type { TransactionMode } from '../../model.ts';
import type { ParsedSqlFile } from '../reading.ts';

/** How a step is committed and whose rule that is, or what only its author can say. */
type TransactionRule =
  { readonly mode: TransactionMode; readonly tool: string | undefined } | { readonly question: string };

/** The plan's own word, else the rule of the migration tool whose files they are, else as psql does. */
export function transactionOf(
  written: TransactionMode | undefined,
  files: readonly ParsedSqlFile[],
): TransactionRule {
  if (written !== undefined) return { mode: written, tool: undefined };
  const tools = new Set(files.map(({ rule }) => rule?.tool));
  const [tool, ...others] = tools;
  if (others.length > 0) {
    const names = [...tools].map((name) => name ?? 'no known tool').join(' and ');
    return {
      question: `names files of ${names}, which commit in different ways; write transaction: file, single, as-written or none`,
    };
  }
  if (tool === undefined) return { mode: 'as-written', tool };
  const modes = new Set(files.map(({ rule }) => rule?.transaction ?? 'as-written'));
  // A file without its tool's transaction is an exception among those with it.
  const mode = [...modes].find((one) => one !== 'as-written') ?? 'as-written';
  return { mode, tool };
}
