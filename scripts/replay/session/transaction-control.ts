import { parseSync } from 'libpg-query';

/** What a statement does to the savepoints or to the end of its transaction, beyond its kind. */
interface TransactionDetail {
  readonly kind: 'savepoint' | 'release' | 'rollback-to' | 'other';
  /** Of the savepoint. */
  readonly name: string;
  /** COMMIT or ROLLBACK AND CHAIN: the next transaction begins at once. */
  readonly chain: boolean;
  /** ROLLBACK, with or without AND CHAIN. */
  readonly undoes: boolean;
}

const KINDS: Readonly<Record<string, TransactionDetail['kind']>> = {
  TRANS_STMT_SAVEPOINT: 'savepoint',
  TRANS_STMT_RELEASE: 'release',
  TRANS_STMT_ROLLBACK_TO: 'rollback-to',
};

/** Reads one statement that was parsed before, so that the parser is loaded and takes it. */
export function transactionDetail(text: string): TransactionDetail {
  const stmt = parseSync(text).stmts?.[0]?.stmt;
  if (stmt === undefined || !('TransactionStmt' in stmt))
    return { kind: 'other', name: '', chain: false, undoes: false };
  const { kind = '', savepoint_name: name = '', chain = false } = stmt.TransactionStmt;
  return { kind: KINDS[kind] ?? 'other', name, chain, undoes: kind === 'TRANS_STMT_ROLLBACK' };
}
