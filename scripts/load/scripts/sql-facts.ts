import { hasSqlDetails, loadModule, parseSync, type Node } from 'libpg-query';
import { parameterPlaces } from '../../pg/sql/parameters.ts';
import type { SqlCommand } from './script.ts';

await loadModule();

/** What a statement's syntax alone tells. */
interface SqlFacts {
  /** Why it cannot be run, with the place in characters from the statement's start. */
  readonly problem: { readonly message: string; readonly offset: number } | undefined;
  readonly transaction: SqlCommand['transaction'];
  /** Names of the result's columns; undefined where the syntax does not tell them all. */
  readonly columns: readonly string[] | undefined;
  /** Places that hold a parameter. */
  readonly parameters: number;
}

const TRANSACTION: Readonly<Record<string, SqlCommand['transaction']>> = {
  TRANS_STMT_BEGIN: 'begin',
  TRANS_STMT_START: 'begin',
  TRANS_STMT_COMMIT: 'commit',
  TRANS_STMT_ROLLBACK: 'rollback',
};
const TWO_PHASE = /PREPARE/;

/** Parses one statement with PostgreSQL's own grammar. */
export function sqlFacts(sql: string): SqlFacts {
  const none = { transaction: undefined, columns: undefined, parameters: 0 };
  let statement: Node | undefined;
  try {
    statement = parseSync(sql).stmts?.[0]?.stmt;
  } catch (error) {
    if (!hasSqlDetails(error)) throw error;
    const offset = Math.max(0, error.sqlDetails?.cursorPosition ?? 0);
    return { ...none, problem: { message: error.message, offset } };
  }
  const message = statement && refusal(statement);
  return {
    ...none,
    problem: message === undefined ? undefined : { message, offset: 0 },
    ...(statement && {
      transaction: transactionOf(statement),
      columns: columnsOf(statement),
      parameters: parameterPlaces(statement),
    }),
  };
}

function refusal(statement: Node): string | undefined {
  if ('TransactionStmt' in statement && TWO_PHASE.test(statement.TransactionStmt.kind ?? '')) {
    return 'two-phase commit is not supported in a workload script';
  }
  if ('CopyStmt' in statement && statement.CopyStmt.is_from && statement.CopyStmt.filename === undefined) {
    return 'COPY FROM STDIN is not supported in a workload script: there is no data to send';
  }
  return undefined;
}

function transactionOf(statement: Node): SqlCommand['transaction'] {
  if (!('TransactionStmt' in statement)) return undefined;
  const kind = TRANSACTION[statement.TransactionStmt.kind ?? ''];
  return kind !== undefined && statement.TransactionStmt.chain ? 'chain' : kind;
}

function columnsOf(statement: Node): string[] | undefined {
  const targets = targetsOf(statement);
  const names = targets?.map(columnName);
  return names?.every((name) => name !== undefined) ? names : undefined;
}

/** The list of results of a query, or of a RETURNING clause. */
function targetsOf(statement: Node): readonly Node[] | undefined {
  if ('SelectStmt' in statement) {
    const { targetList, larg } = statement.SelectStmt;
    return larg ? targetsOf({ SelectStmt: larg }) : targetList; // a union takes its names from the first part
  }
  if ('InsertStmt' in statement) return statement.InsertStmt.returningClause?.exprs;
  if ('UpdateStmt' in statement) return statement.UpdateStmt.returningClause?.exprs;
  if ('DeleteStmt' in statement) return statement.DeleteStmt.returningClause?.exprs;
  if ('MergeStmt' in statement) return statement.MergeStmt.returningClause?.exprs;
  return undefined;
}

/** The name that PostgreSQL gives to one result, for the plain cases. */
function columnName(target: Node): string | undefined {
  if (!('ResTarget' in target)) return undefined;
  const { name, val } = target.ResTarget;
  if (name !== undefined) return name;
  if (val && 'ColumnRef' in val) return lastName(val.ColumnRef.fields);
  if (val && 'FuncCall' in val) return lastName(val.FuncCall.funcname);
  return undefined;
}

function lastName(names: readonly Node[] = []): string | undefined {
  const last = names.at(-1);
  return last && 'String' in last ? last.String.sval : undefined;
}
