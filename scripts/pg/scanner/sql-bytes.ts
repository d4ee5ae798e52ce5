/** The bytes that SQL's outer grammar turns on. Every encoding that a dump may have keeps ASCII as it is. */
export const BYTE = {
  newline: 0x0a,
  carriageReturn: 0x0d,
  doubleQuote: 0x22,
  dollar: 0x24,
  quote: 0x27,
  open: 0x28,
  close: 0x29,
  star: 0x2a,
  dash: 0x2d,
  dot: 0x2e,
  slash: 0x2f,
  semicolon: 0x3b,
  upperE: 0x45,
  backslash: 0x5c,
  lowerE: 0x65,
} as const;

export const KIND = { symbol: 0, space: 1, newline: 2, word: 3 } as const;

const kinds = new Uint8Array(256);
for (const space of ' \t\r\f\v') kinds[space.charCodeAt(0)] = KIND.space;
kinds[BYTE.newline] = KIND.newline;
for (let byte = 0; byte < 256; byte += 1) {
  if (byte >= 0x80 || /\w/.test(String.fromCharCode(byte))) kinds[byte] = KIND.word;
}

/** What a byte is outside of quotes and comments, as one of `KIND`. Names may hold any byte from 0x80 on. */
export function kindOf(byte: number): number {
  return kinds[byte] ?? KIND.symbol;
}

/** May the byte stand in the tag of a dollar quote, such as `body` in `$body$`? */
export function isTagByte(byte: number, first: boolean): boolean {
  return kindOf(byte) === KIND.word && !(first && byte >= 0x30 && byte <= 0x39);
}
