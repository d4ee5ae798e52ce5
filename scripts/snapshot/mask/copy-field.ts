/** How COPY's text format writes NULL, where the statement says nothing else. */
export const COPY_NULL = '\\N';

/** Printable ASCII without the backslash: a field and its value are the same. */
const PLAIN = /^[ -[\]-~]*$/;
const ESCAPED: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const ESCAPE = /\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|([^]))/g;
const WRITTEN: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

/** The value of one field of COPY's text format. @param field its bytes, one a character */
export function decodeField(field: string): string {
  if (PLAIN.test(field)) return field;
  const bytes = field.includes('\\')
    ? field.replace(ESCAPE, (_all, octal?: string, hex?: string, other?: string) => {
        if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 0xff);
        if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
        return ESCAPED[other ?? ''] ?? other ?? '';
      })
    : field;
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** A value as one field: its bytes, one a character. */
export function encodeField(value: string): string {
  if (PLAIN.test(value)) return value;
  const escaped = value.replace(/[\b\f\n\r\t\v\\]/g, (symbol) => WRITTEN[symbol] ?? symbol);
  return Buffer.from(escaped, 'utf8').toString('latin1');
}
