import type { ServerMessage } from '../../pg/messages/public-text.ts';

/* The bodies of the server's messages, as far as a load driver reads them. */

const SEVERITY = 0x56; // V: not translated
const SQLSTATE = 0x43; // C
const NULL_LENGTH = -1;
/** PostgreSQL, "Error and Notice Message Fields". */
const FIELDS: Readonly<Record<string, keyof ServerMessage>> = {
  C: 'code',
  M: 'message',
  D: 'detail',
  H: 'hint',
  q: 'internalQuery',
  W: 'where',
  s: 'schema',
  t: 'table',
  c: 'column',
  d: 'dataType',
  n: 'constraint',
  F: 'file',
  R: 'routine',
};

export interface ServerError {
  readonly sqlstate: string;
  /** The session is over. */
  readonly fatal: boolean;
}

/** What an ErrorResponse means for the driver. */
export function readError(bytes: Buffer, start: number, end: number): ServerError {
  let sqlstate = 'XX000';
  let fatal = false;
  eachField(bytes, start, end, (field, from, to) => {
    if (field === SQLSTATE) sqlstate = bytes.toString('latin1', from, to);
    if (field === SEVERITY) fatal = /^(FATAL|PANIC)$/.test(bytes.toString('latin1', from, to));
  });
  return { sqlstate, fatal };
}

/** The texts of an ErrorResponse. They may quote rows: only `publicMessage` and `publicHint` may be told of them. */
export function readServerMessage(bytes: Buffer): ServerMessage {
  const said: Partial<Record<keyof ServerMessage, string>> = {};
  eachField(bytes, 0, bytes.length, (field, from, to) => {
    const name = FIELDS[String.fromCharCode(field)];
    if (name !== undefined) said[name] = bytes.toString('utf8', from, to);
  });
  return said;
}

function eachField(
  bytes: Buffer,
  start: number,
  end: number,
  take: (field: number, from: number, to: number) => void,
): void {
  for (let at = start; at < end && bytes[at] !== 0;) {
    const stop = bytes.indexOf(0, at + 1);
    take(bytes[at] ?? 0, at + 1, stop);
    at = stop + 1;
  }
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
