import { RehearsalError } from '../../shared/errors.ts';
import { DumpFrame } from './dump-frame.ts';
import { whyNotSql } from './not-sql.ts';
import type { SqlPiece, StatementPiece, Unfinished } from '../../pg/scanner/sql-piece.ts';
import { SqlScanner } from '../../pg/scanner/sql-scanner.ts';
import { statementHead } from './statement-head.ts';

const HEAD_BYTES = 64 * 1024;
/** PostgreSQL takes no longer message (MaxAllocSize). */
const LONGEST_STATEMENT_BYTES = 1024 ** 3;
const UTF8_BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * The pieces of one SQL text in order, with what its comments say. Reads no further than the caller asks, so a slow server
 * slows the reading and nothing piles up.
 */
export class SqlPieces {
  readonly frame = new DumpFrame();
  readonly #scanner = new SqlScanner();
  readonly #shown: string;
  /** A last statement without a semicolon is run, as psql does; in a dump it means that the end is missing. */
  readonly #openEnd: boolean;

  constructor(shown: string, options: { openEnd: boolean }) {
    this.#shown = shown;
    this.#openEnd = options.openEnd;
  }

  /** The settings of the session are the server's own again. */
  resetSettings(): void {
    this.#scanner.resetSettings();
  }

  /** @throws SNAPSHOT_INVALID for what is not SQL and for what breaks off */
  async *read(content: AsyncIterable<Buffer>): AsyncGenerator<SqlPiece> {
    for await (const chunk of this.#checkedSql(content)) {
      this.#scanner.push(chunk);
      yield* this.#pieces(false);
      this.#checkLength();
    }
    yield* this.#pieces(true);
    const unfinished = this.#scanner.unfinished();
    if (this.#openEnd && unfinished?.inside === 'statement') yield unfinished.statement;
    else if (unfinished) throw this.#truncated(`in the middle of ${place(unfinished)}`);
    if (this.frame.isOpen) throw this.#withoutEnd();
  }

  *#pieces(final: boolean): Generator<SqlPiece> {
    for (let piece = this.#scanner.next(final); piece; piece = this.#scanner.next(final)) {
      if (piece.type === 'comment') this.frame.comment(piece.text);
      // A command of psql on a last line that has no end may be half of one.
      if (piece.type === 'meta' && final && this.frame.isOpen) throw this.#withoutEnd();
      yield piece;
    }
  }

  async *#checkedSql(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let head: Buffer | undefined = Buffer.alloc(0);
    for await (const chunk of content) {
      if (head === undefined) {
        yield chunk;
        continue;
      }
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      if (head.length < HEAD_BYTES) continue;
      yield this.#checkedHead(head, false);
      head = undefined;
    }
    if (head !== undefined) yield this.#checkedHead(head, true);
  }

  #checkedHead(head: Buffer, whole: boolean): Buffer {
    const sql = head.subarray(0, 3).equals(UTF8_BOM) ? head.subarray(3) : head;
    const why = whyNotSql(sql, whole);
    if (why !== undefined) {
      throw new RehearsalError('SNAPSHOT_INVALID', `${this.#shown} is not SQL: ${why}`, {
        hint: 'A snapshot is what pg_dump writes, in any of its formats.',
      });
    }
    return sql;
  }

  #checkLength(): void {
    if (this.#scanner.heldBytes < LONGEST_STATEMENT_BYTES) return;
    const unfinished = this.#scanner.unfinished();
    const where = unfinished ? place(unfinished) : `line ${this.#scanner.line}`;
    throw new RehearsalError('SNAPSHOT_INVALID', `${this.#shown} has no end of ${where} within 1 GB`, {
      hint: 'A quote or a semicolon may be missing; PostgreSQL takes no statement of that length.',
    });
  }

  #withoutEnd(): RehearsalError {
    return this.#truncated(`at line ${this.#scanner.line} without the closing line of pg_dump`);
  }

  #truncated(where: string): RehearsalError {
    return new RehearsalError('SNAPSHOT_INVALID', `${this.#shown} ends ${where}: the file is truncated`, {
      hint: 'Copy the file again, or take the dump again.',
    });
  }
}

function place({ inside, statement }: Unfinished): string {
  const what: Record<Unfinished['inside'], string> = {
    copy: statementHead(statement),
    statement: nameOf(statement),
    string: `a string of ${nameOf(statement)}`,
    name: `a quoted name of ${nameOf(statement)}`,
    comment: 'a comment',
  };
  return `${what[inside]} (line ${statement.line})`;
}

function nameOf(statement: StatementPiece): string {
  return statementHead(statement) || 'a statement';
}
