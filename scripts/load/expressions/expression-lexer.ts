export interface Token {
  readonly kind: 'integer' | 'double' | 'variable' | 'word' | 'operator' | 'end';
  /** Words in lower case, variables without their colon. */
  readonly text: string;
  /** In characters from the start of the expression. */
  readonly offset: number;
}

/** The expression cannot be read. */
export class ExpressionError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'ExpressionError';
    this.offset = offset;
  }
}

const SPACE = /\s+/y;
const PATTERNS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['variable', /:[\p{L}_][\p{L}\p{N}_]*/uy],
  ['double', /\d+\.\d*(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+|\.\d+(?:[eE][-+]?\d+)?/y],
  ['integer', /\d+/y],
  ['word', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['operator', /<>|<=|>=|!=|<<|>>|[-+*/%()=<>|&#~,]/y],
];

/** The tokens of an expression with an `end` at the end. @throws ExpressionError */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let offset = skipSpace(source, 0);
  while (offset < source.length) {
    const token = tokenAt(source, offset);
    tokens.push({
      ...token,
      text: token.kind === 'variable' ? token.text.slice(1) : token.text.toLowerCase(),
    });
    offset = skipSpace(source, offset + token.text.length);
  }
  tokens.push({ kind: 'end', text: 'end of the command', offset });
  return tokens;
}

function tokenAt(source: string, offset: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = offset;
    const match = pattern.exec(source);
    if (match) return { kind, text: match[0], offset };
  }
  throw new ExpressionError(`unexpected character "${source.charAt(offset)}"`, offset);
}

function skipSpace(source: string, offset: number): number {
  SPACE.lastIndex = offset;
  return SPACE.test(source) ? SPACE.lastIndex : offset;
}
