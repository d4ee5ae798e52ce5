import { ByteCursor } from './byte-cursor.ts';
import { CopyBlock } from './copy-block.ts';
import { skipBlockComment, skipEscapeString, skipTo, type SkipQuoted } from './quoted-parts.ts';
import { BYTE, isTagByte, KIND, kindOf } from './sql-bytes.ts';
import type { SqlPiece, StatementPiece, Unfinished } from './sql-piece.ts';
import { StatementWords } from './statement-words.ts';

/** `more` = the bytes at hand do not decide; `on` = something was consumed. */
type Step = SqlPiece | 'more' | 'on';

/** A name, number or tag longer than this is taken in parts, and such a line is passed over, so that garbage is not read again and again. */
const LONGEST_WORD_BYTES = 4096;
const LONGEST_LINE_BYTES = 65_536;

const skipString = skipTo(Buffer.from("'"));
const skipName = skipTo(Buffer.from('"'));
const skipLine = skipTo(Buffer.from('\n'));

/**
 * Splits SQL as psql reads it into statements, COPY blocks, comments and psql commands. It works on raw bytes and decodes
 * none, so any encoding that keeps ASCII passes through unharmed. Feed it with `push`, then take pieces from `next` until
 * there are none.
 */
export class SqlScanner {
  readonly #cursor = new ByteCursor();
  #words = new StatementWords();
  #statementLine = 1;
  #parentheses = 0;
  #quoted: { readonly inside: 'string' | 'name' | 'comment' | 'line'; readonly skip: SkipQuoted } | undefined;
  #copy: { readonly block: CopyBlock; readonly statement: StatementPiece } | undefined;
  /** standard_conforming_strings is off: a backslash escapes in plain strings too. */
  #plainStringsEscape = false;

  push(chunk: Buffer): void {
    this.#cursor.push(chunk);
  }

  /** The next piece; undefined = push more. `final` says that nothing more will come. */
  next(final: boolean): SqlPiece | undefined {
    for (;;) {
      const step = this.#step(final);
      if (step === 'more') return undefined;
      if (step !== 'on') return step;
    }
  }

  /** After the last `next(true)`: what the input broke off in; undefined where it ended between two statements. */
  unfinished(): Unfinished | undefined {
    if (this.#copy) return { inside: 'copy', statement: this.#copy.statement };
    // A comment to the end of the line may end with the file.
    const inside = this.#quoted?.inside === 'line' ? undefined : this.#quoted?.inside;
    if (!inside && this.#cursor.mark < 0) return undefined;
    return { inside: inside ?? 'statement', statement: this.#statement() };
  }

  /** The words of the statement that is being read. */
  get words(): readonly string[] {
    return this.#words.first;
  }

  /** How much of an unfinished part is held in memory. */
  get heldBytes(): number {
    return this.#cursor.bytes.length;
  }

  /** The line that is being read. */
  get line(): number {
    return this.#cursor.line;
  }

  /** Settings are the server's own again, as after \connect. */
  resetSettings(): void {
    this.#plainStringsEscape = false;
  }

  #step(final: boolean): Step {
    if (this.#copy) return this.#copyData(this.#copy.block, final);
    if (!this.#quoted) return this.#code(final);
    if (!this.#quoted.skip(this.#cursor, final)) return 'more';
    this.#quoted = undefined;
    return 'on';
  }

  #copyData(block: CopyBlock, final: boolean): Step {
    const data = block.next(this.#cursor, final);
    if (data === undefined) return 'more';
    if (data !== 'end') return { type: 'copy-data', bytes: data };
    this.#copy = undefined;
    return { type: 'copy-end' };
  }

  /** SQL outside of quotes: names, numbers, operators. */
  #code(final: boolean): Step {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    while (cursor.at < bytes.length) {
      const byte = bytes[cursor.at] ?? 0;
      const kind = kindOf(byte);
      let step: Step = 'on';
      if (kind === KIND.word) step = this.#word(final);
      else if (kind === KIND.symbol) step = this.#symbol(byte, final);
      else {
        if (kind === KIND.newline) cursor.line += 1;
        cursor.at += 1;
      }
      if (step !== 'on' || this.#quoted) return step;
    }
    return 'more';
  }

  #word(final: boolean): Step {
    const { bytes, at } = this.#cursor;
    // A dollar belongs to a name (a$b), but behind a number it opens a quote (1$$…$$).
    const dollar = isTagByte(bytes[at] ?? 0, true) ? BYTE.dollar : -1;
    let to = at + 1;
    while (to < bytes.length && (kindOf(bytes[to] ?? 0) === KIND.word || bytes[to] === dollar)) to += 1;
    if (to === bytes.length && !final && to - at < LONGEST_WORD_BYTES) return 'more';
    this.#take(to);
    if (this.#parentheses === 0) this.#words.add(bytes, at, to);
    const isE = to - at === 1 && (bytes[at] === BYTE.lowerE || bytes[at] === BYTE.upperE);
    return isE && bytes[to] === BYTE.quote ? this.#enter('string', skipEscapeString, to + 1) : 'on';
  }

  #symbol(byte: number, final: boolean): Step {
    const { bytes, at } = this.#cursor;
    switch (byte) {
      case BYTE.semicolon:
        return this.#semicolon();
      case BYTE.quote:
        return this.#enter('string', this.#plainStringsEscape ? skipEscapeString : skipString, at + 1);
      case BYTE.doubleQuote:
        return this.#enter('name', skipName, at + 1);
      case BYTE.dollar:
        return this.#dollar(final);
      case BYTE.open:
        this.#parentheses += 1;
        break;
      case BYTE.close:
        this.#parentheses = Math.max(0, this.#parentheses - 1);
        break;
      case BYTE.backslash:
        return this.#restOfLine('meta', 1, final);
      case BYTE.dash:
      case BYTE.slash:
        if (at + 1 === bytes.length && !final) return 'more';
        if (byte === BYTE.dash && bytes[at + 1] === BYTE.dash) return this.#restOfLine('comment', 2, final);
        if (byte === BYTE.slash && bytes[at + 1] === BYTE.star) {
          this.#quoted = { inside: 'comment', skip: skipBlockComment() };
          return 'on';
        }
    }
    this.#take(at + 1);
    return 'on';
  }

  /** Consumes bytes of a statement, which begins here if none is open. */
  #take(to: number): void {
    const cursor = this.#cursor;
    if (cursor.mark < 0) {
      cursor.mark = cursor.at;
      this.#statementLine = cursor.line;
    }
    cursor.at = to;
  }

  #enter(inside: 'string' | 'name', skip: SkipQuoted, at: number): 'on' {
    this.#take(at);
    this.#quoted = { inside, skip };
    return 'on';
  }

  #dollar(final: boolean): Step {
    const { bytes, at } = this.#cursor;
    let to = at + 1;
    while (to < bytes.length && isTagByte(bytes[to] ?? 0, to === at + 1)) to += 1;
    if (to === bytes.length && !final && to - at < LONGEST_WORD_BYTES) return 'more';
    if (bytes[to] === BYTE.dollar) {
      return this.#enter('string', skipTo(Buffer.from(bytes.subarray(at, to + 1))), to + 1);
    }
    this.#take(at + 1);
    return 'on';
  }

  /** A comment or psql command to the end of its line. A comment inside a statement stays a part of it. */
  #restOfLine(type: 'comment' | 'meta', prefixLength: number, final: boolean): Step {
    const cursor = this.#cursor;
    const end = cursor.lineEnd(final);
    if (end === undefined) {
      if (cursor.bytes.length - cursor.at < LONGEST_LINE_BYTES) return 'more';
      this.#quoted = { inside: 'line', skip: skipLine };
      return 'on';
    }
    const text = cursor.bytes.toString('utf8', cursor.at + prefixLength, end).trim();
    cursor.at = end;
    return type === 'comment' && cursor.mark >= 0 ? 'on' : { type, text, line: cursor.line };
  }

  #semicolon(): Step {
    this.#take(this.#cursor.at + 1);
    if (this.#parentheses > 0 || this.#words.insideBody) return 'on';
    const statement = this.#statement();
    this.#cursor.mark = -1;
    this.#words = new StatementWords();
    if (statement.bytes.length === 1) return 'on';
    this.#followSettings(statement);
    if (statement.copiesStdin) this.#copy = { block: new CopyBlock(), statement };
    return statement;
  }

  #statement(): StatementPiece {
    const { bytes, mark, at, line } = this.#cursor;
    return {
      type: 'statement',
      bytes: bytes.subarray(mark < 0 ? at : mark, at),
      line: mark < 0 ? line : this.#statementLine,
      words: this.#words.first,
      copiesStdin: this.#words.copiesStdin,
    };
  }

  #followSettings({ words, bytes }: StatementPiece): void {
    if (words[0] !== 'set' || !words.includes('standard_conforming_strings')) return;
    this.#plainStringsEscape = /\b(off|false|no|0)\b/i.test(bytes.toString('latin1'));
  }
}
