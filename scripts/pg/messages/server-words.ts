import type { ServerMessage } from './public-text.ts';

/** As the server sent it, with values of rows. */
export type ServerWords = { -readonly [K in keyof ServerMessage]: ServerMessage[K] } & {
  severity?: string | undefined;
};

/** By their letters (PostgreSQL's manual, Error and Notice Message Fields). */
const FIELDS: Readonly<Record<string, keyof ServerWords>> = {
  V: 'severity',
  C: 'code',
  M: 'message',
  D: 'detail',
  H: 'hint',
  P: 'position',
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

/** The body of an ErrorResponse or NoticeResponse. */
export function serverWords(body: Buffer): ServerWords {
  const words: ServerWords = {};
  for (let at = 0; at < body.length && body[at] !== 0;) {
    const field = FIELDS[String.fromCharCode(body[at] ?? 0)];
    const value = textAt(body, at + 1);
    if (field !== undefined) words[field] = value.text;
    at = value.end;
  }
  return words;
}

/** A string that ends with a NUL; `end` is behind it. */
export function textAt(body: Buffer, start: number): { text: string; end: number } {
  const nul = body.indexOf(0, start);
  const end = nul === -1 ? body.length : nul;
  return { text: body.subarray(start, end).toString(), end: end + 1 };
}
