import type { ByteCursor } from './byte-cursor.ts';
import { BYTE } from './sql-bytes.ts';

const LINE_AND_MARKER = Buffer.from('\n\\.');

/**
 * The data between COPY … FROM stdin; and the line `\.`, in pieces as they come. The bytes go on as they are; only the end is
 * looked for, because no row of COPY's text format can be the line `\.` (a backslash in data is doubled).
 */
export class CopyBlock {
  /** The rest of the line with the semicolon does not belong to the data. */
  #headEnded = false;
  /** The cursor stands at the beginning of a line. */
  #lineStart = true;

  /** The next data, `end` behind the closing line, or undefined where more bytes are needed. */
  next(cursor: ByteCursor, final: boolean): Buffer | 'end' | undefined {
    if (!this.#headEnded && !this.#skipHead(cursor)) return undefined;
    if (this.#lineStart) {
      const length = markerLength(cursor.bytes, cursor.at, final);
      if (length === undefined) return undefined;
      if (length > 0) {
        cursor.advance(cursor.at + length);
        return 'end';
      }
    }
    const to = this.#dataEnd(cursor.bytes, cursor.at, final);
    if (to === cursor.at) return undefined;
    const data = cursor.bytes.subarray(cursor.at, to);
    cursor.advance(to);
    this.#lineStart = data[data.length - 1] === BYTE.newline;
    return data;
  }

  #skipHead(cursor: ByteCursor): boolean {
    const end = cursor.bytes.indexOf(BYTE.newline, cursor.at);
    this.#headEnded = end >= 0;
    cursor.advance(end >= 0 ? end + 1 : cursor.bytes.length);
    return this.#headEnded;
  }

  /** Up to where the bytes from `from` on are surely data: to the next line that is, or may become, the marker. */
  #dataEnd(bytes: Buffer, from: number, final: boolean): number {
    for (let at = from; ;) {
      const found = bytes.indexOf(LINE_AND_MARKER, at);
      if (found < 0) break;
      if (markerLength(bytes, found + 1, final) !== 0) return found + 1;
      at = found + 1;
    }
    const cutMarker = bytes[bytes.length - 1] === BYTE.backslash && bytes[bytes.length - 2] === BYTE.newline;
    return cutMarker && bytes.length - 1 > from ? bytes.length - 1 : bytes.length;
  }
}

/** Length of the closing line at `at`, with its line end; 0 = the line is data; undefined = its end is not at hand yet. */
function markerLength(bytes: Buffer, at: number, final: boolean): number | undefined {
  const undecided = final ? 0 : undefined;
  if (at >= bytes.length) return undecided;
  if (bytes[at] !== BYTE.backslash) return 0;
  if (at + 1 >= bytes.length) return undecided;
  if (bytes[at + 1] !== BYTE.dot) return 0;
  const end = bytes[at + 2] === BYTE.carriageReturn ? at + 3 : at + 2;
  if (end >= bytes.length) return final ? bytes.length - at : undefined;
  return bytes[end] === BYTE.newline ? end + 1 - at : 0;
}
