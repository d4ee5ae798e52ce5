import { SqlScanner } from '../scanner/sql-scanner.ts';

const NEWLINE = 0x0a;
/** What no text without COPY … FROM STDIN lacks; most texts need no scan. */
const MAY_COPY = /\bcopy\b[^]*\bstdin\b/i;

interface WithoutRows {
  /** Of rows and their closing lines only the line ends are left, so that every other line keeps its number. */
  readonly sql: string;
  /** The rows of each COPY … FROM STDIN, in order, without the closing line. */
  readonly blocks: readonly string[];
}

/**
 * Takes out of an SQL text what psql sends as data: from the line behind the semicolon of COPY … FROM STDIN up to the line `\.`,
 * or to the end of the text (its manual, \copy).
 */
export function withoutCopyRows(text: string): WithoutRows {
  if (!MAY_COPY.test(text)) return { sql: text, blocks: [] };
  const bytes = Buffer.from(text);
  const scanner = new SqlScanner();
  scanner.push(bytes);
  const blocks: string[] = [];
  const parts: Buffer[] = [];
  let done = 0;
  for (let piece = scanner.next(true); piece; piece = scanner.next(true)) {
    if (piece.type !== 'statement' || !piece.copiesStdin) continue;
    const from = lineBehind(bytes, placeIn(bytes, piece.bytes) + piece.bytes.length);
    let end = from;
    for (piece = scanner.next(true); piece?.type === 'copy-data'; piece = scanner.next(true))
      end = placeIn(bytes, piece.bytes) + piece.bytes.length;
    blocks.push(bytes.toString('utf8', from, end));
    const to = piece?.type === 'copy-end' ? lineBehind(bytes, end) : end;
    parts.push(bytes.subarray(done, from), bytes.subarray(from, to).filter(isLineEnd) as Buffer);
    done = to;
  }
  return { sql: Buffer.concat([...parts, bytes.subarray(done)]).toString(), blocks };
}

/** The text as psql would read it. */
export function withCopyRows({ text, copyRows }: { text: string; copyRows?: string | undefined }): string {
  return copyRows === undefined ? `${text};\n` : `${text};\n${copyRows}\\.\n`;
}

function placeIn(whole: Buffer, part: Buffer): number {
  return part.byteOffset - whole.byteOffset;
}

function lineBehind(bytes: Buffer, at: number): number {
  const end = bytes.indexOf(NEWLINE, at);
  return end < 0 ? bytes.length : end + 1;
}

function isLineEnd(byte: number): boolean {
  return byte === NEWLINE;
}
