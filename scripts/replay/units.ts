import type { SqlStatement } from '../pg/split.ts';
import type { TransactionMode } from '../plan/model.ts';
import { isOneTransaction } from '../plan/transactions.ts';
import { transactionDetail } from './transaction-control.ts';

/** A statement at its place in a step. */
export interface PlacedStatement extends SqlStatement {
  readonly file: string;
  /** Position in the step, from 1; BEGIN, COMMIT and the like are not counted. */
  readonly index: number;
}

/**
 * What is committed, and retried, as a whole.
 * `block`: BEGIN … COMMIT (the author's, or put around all for `single`). `statement`: one statement in a transaction of its
 * own. `bare`: one that cannot run inside a transaction block, sent just as it is.
 */
export type Unit =
  | {
      readonly kind: 'block';
      readonly begin: string;
      /** The end of the block before it was AND CHAIN: at the first try it is open, and a later one has to begin it. */
      readonly isOpen: boolean;
      readonly statements: readonly PlacedStatement[];
      readonly end: string | null;
    }
  | { readonly kind: 'statement' | 'bare'; readonly statement: PlacedStatement };

/** Groups the statements of a step as psql would commit them. A block without an end is rolled back when the session ends. */
export function unitsOf(
  files: readonly { file: string; statements: readonly SqlStatement[]; asWritten?: true }[],
  mode: TransactionMode,
): Unit[] {
  let index = 0;
  const placed = files.flatMap(({ file, statements }) =>
    statements.map((statement) => ({
      ...statement,
      file,
      index: statement.control === null ? ++index : index,
    })),
  );
  if (mode === 'single') return [oneTransaction(placed)];
  if (mode !== 'file') return asWritten(placed, mode);
  return files.flatMap((one) => {
    const own = placed.filter(({ file }) => file === one.file);
    return isOneTransaction(one) ? [oneTransaction(own)] : asWritten(own, 'as-written');
  });
}

function oneTransaction(statements: readonly PlacedStatement[]): Unit {
  return { kind: 'block', begin: 'BEGIN', isOpen: false, statements, end: 'COMMIT' };
}

/** PostgreSQL refuses these outside a block (RequireTransactionBlock): a block of ours must not make them work. */
const NEEDS_BLOCK = new Set(['LockStmt', 'DeclareCursorStmt']);

/** Outside of a block these do nothing and say so (WARNING 25P01): in one of ours they would be silent. */
const ENDS_WITH_BLOCK = /^(?:\s|--[^\n]*\n|\/\*[^]*?\*\/)*set\s+(?:local|transaction|constraints)\b/i;

function asWritten(placed: readonly PlacedStatement[], mode: TransactionMode): Unit[] {
  const units: Unit[] = [];
  let open: { begin: string; isOpen: boolean; statements: PlacedStatement[] } | null = null;
  for (const statement of placed) {
    if (open === null && statement.control === 'begin') {
      open = { begin: statement.text, isOpen: false, statements: [] };
    } else if (open !== null && (statement.control === 'commit' || statement.control === 'rollback')) {
      units.push({ kind: 'block', ...open, end: statement.text });
      // The next transaction has the characteristics of this one.
      const isChained = transactionDetail(statement.text).chain;
      open = isChained ? { begin: open.begin, isOpen: true, statements: [] } : null;
    } else if (open !== null) {
      open.statements.push(statement);
    } else {
      const bare =
        mode === 'none' ||
        statement.outsideTransaction ||
        statement.control !== null ||
        NEEDS_BLOCK.has(statement.node) ||
        ENDS_WITH_BLOCK.test(statement.text);
      units.push({ kind: bare ? 'bare' : 'statement', statement });
    }
  }
  if (open !== null) units.push({ kind: 'block', ...open, end: null });
  return units;
}
