import { scanSync, type ScanToken } from 'libpg-query';

/** Places are bytes of the text in UTF-8, as PostgreSQL's parser counts them. */
export interface Splice {
  readonly at: number;
  /** What stands before it goes. */
  readonly until: number;
  readonly text: string;
}

/** A statement's text with the places of its words. `libpg-query` must be loaded. */
export interface Written {
  readonly bytes: Buffer;
  /** Without comments. */
  readonly tokens: readonly ScanToken[];
}

export function written(text: string): Written {
  const tokens = scanSync(text).tokens.filter(({ tokenName }) => !/COMMENT/.test(tokenName));
  return { bytes: Buffer.from(text), tokens };
}

/** The part from `at` to `until`, with what is to stand in the places of others. Splices outside of it are left out. */
export function spliced({ bytes }: Written, splices: readonly Splice[], at: number, until: number): string {
  let end = at;
  const inside = splices.filter((one) => one.at >= at && one.until <= until);
  const parts = inside
    .toSorted((a, b) => a.at - b.at)
    .map((one) => {
      const part = bytes.toString('utf8', end, one.at) + one.text;
      end = one.until;
      return part;
    });
  return parts.join('') + bytes.toString('utf8', end, until);
}

const ENDS_FROM = /^(?:where|group|having|window|order|limit|offset|fetch|for|union|intersect|except|;)$/;

/**
 * From where to where the FROM of a SELECT stands, that word included.
 * @param target the first byte of its first result column
 */
export function fromPlace(
  { bytes, tokens }: Written,
  target: number,
): { readonly at: number; readonly until: number } | undefined {
  let depth = 0;
  let at: number | undefined;
  let before = '';
  for (const { start, text } of tokens) {
    if (start < target) continue;
    const word = text.toLowerCase();
    if (word === ')' || word === ']') depth -= 1;
    if (depth < 0) return at === undefined ? undefined : { at, until: start };
    if (depth === 0 && at !== undefined && ENDS_FROM.test(word)) return { at, until: start };
    // IS DISTINCT FROM is an operator.
    if (depth === 0 && at === undefined && word === 'from' && before !== 'distinct') at = start;
    if (word === '(' || word === '[') depth += 1;
    before = word;
  }
  return at === undefined ? undefined : { at, until: bytes.length };
}

/** Behind the name that begins there: `shop."Order"`. */
export function nameEnd({ tokens }: Written, at: number): number {
  const from = tokens.findIndex(({ start }) => start === at);
  let last = from;
  while (tokens[last + 1]?.text === '.') last += 2;
  return tokens[last]?.end ?? at;
}

export function parameterEnd({ tokens }: Written, at: number): number {
  return tokens.find(({ start }) => start === at)?.end ?? at;
}
