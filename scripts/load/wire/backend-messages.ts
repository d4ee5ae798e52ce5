/* The bodies of the server's messages, as far as a load driver reads them. */

const SEVERITY = 0x56; // V: not translated
const SQLSTATE = 0x43; // C
const NULL_LENGTH = -1;

interface ServerError {
  readonly sqlstate: string;
  /** The session is over. */
  readonly fatal: boolean;
}

/** An ErrorResponse. Its texts are not read: they may quote rows. */
export function readError(bytes: Buffer, start: number, end: number): ServerError {
  let sqlstate = 'XX000';
  let fatal = false;
  for (let at = start; at < end && bytes[at] !== 0;) {
    const field = bytes[at];
    const stop = bytes.indexOf(0, at + 1);
    if (field === SQLSTATE) sqlstate = bytes.toString('latin1', at + 1, stop);
    if (field === SEVERITY) fatal = /^(FATAL|PANIC)$/.test(bytes.toString('latin1', at + 1, stop));
    at = stop + 1;
  }
  return { sqlstate, fatal };
}

/** The names in a RowDescription. */
export function readColumns(bytes: Buffer, start: number): string[] {
  const columns: string[] = [];
  let at = start + 2;
  for (let left = bytes.readInt16BE(start); left > 0; left--) {
    const stop = bytes.indexOf(0, at);
    columns.push(bytes.toString('utf8', at, stop));
    at = stop + 1 + 18; // table, number, type, its length and modifier, format
  }
  return columns;
}

/** The values of a DataRow. */
export function readRow(bytes: Buffer, start: number): (string | null)[] {
  const values: (string | null)[] = [];
  let at = start + 2;
  for (let left = bytes.readInt16BE(start); left > 0; left--) {
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length === NULL_LENGTH) {
      values.push(null);
    } else {
      values.push(bytes.toString('utf8', at, at + length));
      at += length;
    }
  }
  return values;
}
