import { hasSqlDetails, type Node, type SqlError } from 'libpg-query';
import { withoutCopyRows } from './copy-rows.ts';
import { sqlExcerpt } from './excerpt.ts';
import { runsOutsideTransaction } from './outside-transaction.ts';
import { LONGEST_STATEMENT_BYTES, parseParts, PartError, type ParsedPart } from './parse-parts.ts';
import { parameterPlaces } from './parameters.ts';
import { relationsOf } from './relations.ts';
import { syntaxMessage } from './syntax-message.ts';

/** What a statement does to the transaction block of its session; SAVEPOINT, RELEASE and ROLLBACK TO stay inside it. */
type TransactionControl = 'begin' | 'commit' | 'rollback' | 'savepoint';

export interface SqlStatement {
  /** The author's own text, trimmed, without the `;`. */
  readonly text: string;
  /** Line of its first token, from 1. */
  readonly line: number;
  /** Tag of its parse tree, such as `AlterTableStmt`. */
  readonly node: string;
  readonly control: TransactionControl | null;
  /** PostgreSQL refuses it inside a transaction block, or (CALL, DO) it may end the transaction itself. */
  readonly outsideTransaction: boolean;
  /** The relations that it names, such as `public.orders`. */
  readonly relations: readonly string[];
  /** It holds `$1`, and nobody gives its value. */
  readonly lacksParameters: boolean;
  /** What stands behind COPY … FROM STDIN up to the line `\.`; absent for every other statement. */
  readonly copyRows?: string;
}

interface SqlMistake {
  /** Both from 1; `column` in characters. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The lines up to the mistake with a caret under it. */
  readonly excerpt: string;
}

type SplitResult =
  | { readonly ok: true; readonly statements: readonly SqlStatement[] }
  | { readonly ok: false; readonly error: SqlMistake };

/** COMMIT PREPARED and ROLLBACK PREPARED are absent: they end the transaction of another session. */
const CONTROL: Readonly<Record<string, TransactionControl>> = {
  TRANS_STMT_BEGIN: 'begin',
  TRANS_STMT_START: 'begin',
  TRANS_STMT_COMMIT: 'commit',
  TRANS_STMT_PREPARE: 'commit', // it takes the transaction away from the session
  TRANS_STMT_ROLLBACK: 'rollback',
  TRANS_STMT_SAVEPOINT: 'savepoint',
  TRANS_STMT_RELEASE: 'savepoint',
  TRANS_STMT_ROLLBACK_TO: 'savepoint',
};

/** The statements of an SQL text, as PostgreSQL's own parser divides it, or the first mistake in it. */
export async function splitSql(text: string): Promise<SplitResult> {
  const whole = text.replace(/^\uFEFF/, '');
  // The parser is C code: it would take a NUL for the end and silently leave out the rest.
  const nul = whole.indexOf('\0');
  if (nul >= 0) return mistake(whole, characterCount(whole.slice(0, nul)), 'a NUL character is not SQL');
  const { sql, blocks } = withoutCopyRows(whole);
  const rows = blocks.values();
  if (sql.trim() === '') return { ok: true, statements: [] };
  const statements: SqlStatement[] = [];
  try {
    for await (const part of parseParts(sql)) addStatements(part, rows, statements);
  } catch (error) {
    if (!(error instanceof PartError)) throw error;
    return fromLine(error.line, partMistake(error));
  }
  return { ok: true, statements };
}

/** Lines of a part, as lines of the whole text. */
function fromLine(line: number, result: SplitResult): SplitResult {
  if (result.ok) return result;
  return { ok: false, error: { ...result.error, line: result.error.line + line - 1 } };
}

function partMistake({ sql, cause }: PartError): SplitResult {
  if (cause !== undefined) return parseMistake(sql, cause);
  const most = `${LONGEST_STATEMENT_BYTES / 1024 ** 2} MB`;
  return mistake(
    sql,
    0,
    `from here on no statement ends within ${most}: close a quote or a bracket, or put the rows into the snapshot`,
  );
}

/** Offsets count UTF-8 bytes; an absent `stmt_location` is 0 and an absent `stmt_len` is the rest of the text. */
function addStatements(
  { bytes, line: first, statements }: ParsedPart,
  rows: Iterator<string>,
  into: SqlStatement[],
): void {
  let line = first;
  let counted = 0;
  for (const { stmt, stmt_location: start = 0, stmt_len: length } of statements) {
    if (!stmt) continue;
    for (; counted < start; counted++) if (bytes[counted] === 0x0a) line++;
    const end = length === undefined ? undefined : start + length;
    const text = bytes.subarray(start, end).toString().trim();
    into.push({
      text,
      line,
      node: Object.keys(stmt)[0] ?? '',
      control: controlOf(stmt),
      outsideTransaction: runsOutsideTransaction(stmt),
      relations: relationsOf(stmt),
      lacksParameters: text.includes('$') && parameterPlaces(stmt) > 0,
      ...(isCopyFromStdin(stmt) ? { copyRows: nextOf(rows) } : {}),
    });
  }
}

function controlOf(node: Node): TransactionControl | null {
  if (!('TransactionStmt' in node)) return null;
  return CONTROL[node.TransactionStmt.kind as string] ?? null;
}

function isCopyFromStdin(stmt: Node): boolean {
  return 'CopyStmt' in stmt && stmt.CopyStmt.is_from === true && stmt.CopyStmt.filename === undefined;
}

/** None behind one that ends the text without a semicolon. */
function nextOf(rows: Iterator<string>): string {
  const next = rows.next();
  return next.done === true ? '' : next.value;
}

/** `offset` is the number of characters before the mistake. */
function mistake(sql: string, offset: number, message: string): SplitResult {
  const { text, line, column } = sqlExcerpt(sql, offset + 1);
  return { ok: false, error: { line, column, message, excerpt: text } };
}

function parseMistake(sql: string, error: unknown): SplitResult {
  // Anything but a syntax error is the parser running out of its stack.
  if (!hasSqlDetails(error))
    return mistake(sql, 0, "PostgreSQL's parser gave up: the SQL is nested too deeply");
  const offset = cursorOf(error);
  const characters = Array.from(sql);
  const at = characters[offset];
  if (at === '\\') return mistake(sql, offset, 'psql commands such as \\i or \\set are not SQL');
  if (at === ':') return mistake(sql, offset, 'psql variables such as :name are not SQL');
  return mistake(sql, offset, syntaxMessage(error));
}

/** Unlike the offsets in the parse tree, an error's cursor counts characters, from 0. */
function cursorOf(error: SqlError): number {
  return error.sqlDetails?.cursorPosition ?? 0;
}

function characterCount(text: string): number {
  return Array.from(text).length;
}
