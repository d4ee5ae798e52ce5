import { parse, type RawStmt } from 'libpg-query';

/** So much is read at once: the parser keeps ten to thirty times of it, and dies at a few hundred megabytes. */
const PART_BYTES = 256 * 1024;
/** A single statement that is longer than this is data, not a plan. */
export const LONGEST_STATEMENT_BYTES = 8 * 1024 ** 2;

const SEMICOLON = 0x3b;
const NEWLINE = 0x0a;

/** One part of an SQL text: whole statements. */
export interface ParsedPart {
  readonly bytes: Buffer;
  /** Line of its first byte, from 1. */
  readonly line: number;
  /** Offsets count from the part's first byte. */
  readonly statements: readonly RawStmt[];
}

/** A part that cannot be parsed; `cause` is what the parser said, undefined where it has a statement that is too long. */
export class PartError extends Error {
  readonly sql: string;
  readonly line: number;

  constructor(bytes: Buffer, line: number, cause?: unknown) {
    super('this part of the SQL cannot be parsed', cause === undefined ? undefined : { cause });
    this.name = 'PartError';
    this.sql = bytes.toString();
    this.line = line;
  }
}

/**
 * Parses a text of any length, some statements at a time. A text is cut behind a semicolon at the end of a line; where that one
 * stands inside a string, a body or a comment, the parser says that the part has no end, and it is taken longer. A part that the
 * parser takes is whole: its grammar goes from left to right and never back.
 * @throws PartError
 */
export async function* parseParts(sql: string): AsyncGenerator<ParsedPart> {
  const bytes = Buffer.from(sql);
  let line = 1;
  for (let start = 0; start < bytes.length;) {
    const { end, statements } = await parseFrom(bytes, start, line);
    const part = bytes.subarray(start, end);
    yield { bytes: part, line, statements };
    for (const byte of part) if (byte === NEWLINE) line++;
    start = end;
  }
}

async function parseFrom(
  bytes: Buffer,
  start: number,
  line: number,
): Promise<{ end: number; statements: readonly RawStmt[] }> {
  for (let size = PART_BYTES; ; size *= 2) {
    const end = cutAt(bytes, start + size);
    const part = bytes.subarray(start, end);
    if (part.length > LONGEST_STATEMENT_BYTES + PART_BYTES) throw new PartError(part.subarray(0, 1), line);
    try {
      return { end, statements: (await parse(part.toString())).stmts ?? [] };
    } catch (error) {
      if (end === bytes.length || !isWithoutEnd(error)) throw new PartError(part, line, error);
    }
  }
}

/** Behind the first semicolon at the end of a line from `from` on, else the end of the text. */
function cutAt(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(SEMICOLON, from); at >= 0; at = bytes.indexOf(SEMICOLON, at + 1)) {
    let next = at + 1;
    while (bytes[next] === 0x20 || bytes[next] === 0x0d) next++;
    if (bytes[next] === NEWLINE) return next + 1;
  }
  return bytes.length;
}

function isWithoutEnd(error: unknown): boolean {
  return error instanceof Error && /^unterminated |at end of input$/.test(error.message);
}
