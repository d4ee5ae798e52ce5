import type { SqlStatement } from '../../pg/sql/split.ts';
import type { SqlFile, TransactionMode } from '../../plan/model.ts';
import { endsTransaction, isCertainlyOutside, isOneTransaction } from '../../plan/read/steps/transactions.ts';
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
  files: readonly {
    file: string;
    statements: readonly SqlStatement[];
    asWritten?: true;
    begun?: SqlFile['begun'];
    apart?: true;
  }[],
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
    if (one.apart) return apart(own);
    return isOneTransaction(one) ? ofFile(own, one.begun) : asWritten(own, 'as-written');
  });
}

/**
 * What is one transaction until a COMMIT or ROLLBACK of the file's own. Behind it a tool goes on without, or there is another: by
 * the tool, or by the server around a file that is sent as one query (its manual, 54.2.2.1 Multiple Statements in a Simple Query).
 */
function ofFile(statements: readonly PlacedStatement[], begun: SqlFile['begun']): Unit[] {
  const at = statements.findIndex(endsTransaction);
  const end = statements[at];
  const behind = end === undefined ? [] : statements.slice(at + 1);
  const own = end === undefined ? statements : statements.slice(0, at);
  // Where the tool has begun one, BEGIN changes nothing but for a warning.
  const held = begun ? own : own.filter(({ control }) => control !== 'begin');
  const block = { ...oneTransaction(held), end: end?.text ?? 'COMMIT' };
  const first = held.some(({ control }) => control !== 'begin') ? [block] : [];
  if (begun === 'once') return [...first, ...asWritten(behind, 'as-written')];
  return behind.length === 0 ? first : [...first, ...ofFile(behind, undefined)];
}

/** One transaction around each row of statements between those that cannot run in one. */
function apart(statements: readonly PlacedStatement[]): Unit[] {
  const units: Unit[] = [];
  let row: PlacedStatement[] = [];
  for (const statement of statements) {
    if (!isCertainlyOutside(statement)) row.push(statement);
    else {
      if (row.length > 0) units.push(oneTransaction(row));
      units.push({ kind: 'bare', statement });
      row = [];
    }
  }
  return row.length > 0 ? [...units, oneTransaction(row)] : units;
}

function oneTransaction(statements: readonly PlacedStatement[]): Extract<Unit, { kind: 'block' }> {
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
