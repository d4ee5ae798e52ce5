import type { ByteCursor } from './byte-cursor.ts';
import { BYTE } from './sql-bytes.ts';

/** Moves the cursor behind the end of a quoted part or a comment; false = the end is not at hand yet. */
export type SkipQuoted = (cursor: ByteCursor, final: boolean) => boolean;

/** A part that ends with `end`. A doubled quote ends one string and begins the next, which comes to the same. */
export function skipTo(end: Buffer): SkipQuoted {
  return (cursor) => {
    const found = cursor.bytes.indexOf(end, cursor.at);
    // An end may be cut by the edge of the chunk: look at its first bytes again later.
    cursor.advance(
      found >= 0 ? found + end.length : Math.max(cursor.at, cursor.bytes.length - end.length + 1),
    );
    return found >= 0;
  };
}

/** A string in which a backslash takes the next byte with it: E'…', or any string of an old dump. */
export const skipEscapeString: SkipQuoted = (cursor, final) => {
  const { bytes } = cursor;
  for (let at = cursor.at; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte !== BYTE.quote && byte !== BYTE.backslash) continue;
    if (at + 1 === bytes.length && !final) {
      cursor.advance(at);
      return false;
    }
    if (byte === BYTE.quote && bytes[at + 1] !== BYTE.quote) {
      cursor.advance(at + 1);
      return true;
    }
    at += 1;
  }
  cursor.advance(bytes.length);
  return false;
};

/** A block comment from its opening on; PostgreSQL's block comments nest. */
export function skipBlockComment(): SkipQuoted {
  let depth = 0;
  return (cursor) => {
    const { bytes } = cursor;
    let { at } = cursor;
    while (at + 1 < bytes.length) {
      const opens = bytes[at] === BYTE.slash && bytes[at + 1] === BYTE.star;
      const closes = bytes[at] === BYTE.star && bytes[at + 1] === BYTE.slash;
      at += opens || closes ? 2 : 1;
      if (opens) depth += 1;
      if (closes) depth -= 1;
      if (closes && depth === 0) break;
    }
    cursor.advance(at);
    return depth === 0;
  };
}
