import { ExpressionError, tokenize, type Token } from './expression-lexer.ts';
import type { Expression } from './expression.ts';
import { FUNCTIONS } from './functions.ts';
import type { Scalar } from './values.ts';

/** Binding powers, weakest first; comparisons do not chain. PostgreSQL's own order of precedence. */
const POWER = { or: 1, and: 2, not: 3, is: 4, comparison: 5, bits: 6, sum: 7, product: 8, sign: 9 } as const;

const BINARY: Readonly<Record<string, number>> = {
  or: POWER.or,
  and: POWER.and,
  ...Object.fromEntries(['<', '>', '=', '<=', '>=', '<>', '!='].map((sign) => [sign, POWER.comparison])),
  ...Object.fromEntries(['|', '#', '&', '<<', '>>'].map((sign) => [sign, POWER.bits])),
  ...Object.fromEntries(['+', '-'].map((sign) => [sign, POWER.sum])),
  ...Object.fromEntries(['*', '/', '%'].map((sign) => [sign, POWER.product])),
};
const CONSTANTS: Readonly<Record<string, Scalar>> = { null: null, true: true, false: false };
const INT64_LIMIT = 1n << 63n;

/** Reads an expression in pgbench's language. @throws ExpressionError */
export function parseExpression(source: string): Expression {
  return new Parser(tokenize(source)).whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    const expression = this.#expression(0);
    if (this.#peek().kind !== 'end') throw this.#unexpected();
    return expression;
  }

  /** Everything that binds more tightly than `power`. */
  #expression(power: number): Expression {
    let left = this.#operand();
    let unchainable = Infinity; // the power of a non-associative operator that was just used
    for (;;) {
      const { text, kind } = this.#peek();
      if (kind !== 'word' && kind !== 'operator') return left;
      const test = text === 'is' || text === 'isnull' || text === 'notnull';
      const binding = test ? POWER.is : Object.hasOwn(BINARY, text) ? (BINARY[text] ?? 0) : 0;
      if (binding <= power) return left;
      if (binding === unchainable) throw this.#unexpected();
      this.#next();
      left = test ? this.#test(text, left) : call(text, left, this.#expression(binding));
      unchainable = binding === POWER.comparison ? binding : Infinity;
    }
  }

  #operand(): Expression {
    const token = this.#next();
    switch (token.kind) {
      case 'integer':
        return constant(integer(token));
      case 'double':
        return constant(double(token));
      case 'variable':
        return { kind: 'variable', name: token.text };
      case 'operator':
        return this.#prefixed(token);
      case 'word':
        return this.#word(token);
      case 'end':
        throw this.#unexpected(token);
    }
  }

  #prefixed(token: Token): Expression {
    if (token.text === '(') {
      const inner = this.#expression(0);
      this.#expect(')');
      return inner;
    }
    if (token.text === '+') return this.#expression(POWER.sign);
    if (token.text === '~') return call('#', constant(-1n), this.#expression(POWER.bits));
    if (token.text !== '-') throw this.#unexpected(token);
    // The smallest 64-bit integer can only be written with its sign.
    if (this.#peek().kind === 'integer' && BigInt(this.#peek().text) === INT64_LIMIT) {
      this.#next();
      return constant(-INT64_LIMIT);
    }
    return call('-', constant(0n), this.#expression(POWER.sign));
  }

  #word(token: Token): Expression {
    if (Object.hasOwn(CONSTANTS, token.text)) return constant(CONSTANTS[token.text] ?? null);
    if (token.text === 'not') return call('not', this.#expression(POWER.not - 1));
    if (token.text === 'case') return this.#case();
    if (this.#peek().text !== '(') throw this.#unexpected(token);
    return this.#call(token);
  }

  #call(token: Token): Expression {
    const known = Object.hasOwn(FUNCTIONS, token.text) ? FUNCTIONS[token.text] : undefined;
    if (!known) throw new ExpressionError(`unknown function ${token.text}()`, token.offset);
    const args: Expression[] = [];
    this.#expect('(');
    if (this.#peek().text !== ')') {
      do args.push(this.#expression(0));
      while (this.#accept(','));
    }
    this.#expect(')');
    const [least, most] = known.arity;
    if (args.length < least || args.length > most) {
      throw new ExpressionError(
        `${token.text}() takes ${spelledArity(least, most)}, not ${args.length}`,
        token.offset,
      );
    }
    if (known.defaults && args.length < most) {
      args.push(...known.defaults.map((name) => ({ kind: 'variable' as const, name })));
    }
    return { kind: 'call', name: token.text, arguments: args };
  }

  #case(): Expression {
    const branches: { when: Expression; result: Expression }[] = [];
    this.#expect('when');
    do {
      const when = this.#expression(0);
      this.#expect('then');
      branches.push({ when, result: this.#expression(0) });
    } while (this.#accept('when'));
    const otherwise = this.#accept('else') ? this.#expression(0) : constant(null);
    this.#expect('end');
    return { kind: 'case', branches, otherwise };
  }

  /** What follows `value`: ISNULL, NOTNULL or IS [NOT] (NULL | TRUE | FALSE). */
  #test(word: string, value: Expression): Expression {
    if (word !== 'is') {
      const isNull = call('is', value, constant(null));
      return word === 'isnull' ? isNull : call('not', isNull);
    }
    const negated = this.#accept('not');
    const token = this.#next();
    if (token.kind !== 'word' || !Object.hasOwn(CONSTANTS, token.text)) throw this.#unexpected(token);
    const test = call('is', value, constant(CONSTANTS[token.text] ?? null));
    return negated ? call('not', test) : test;
  }

  #peek(): Token {
    const token = this.#tokens[Math.min(this.#at, this.#tokens.length - 1)];
    if (!token) throw new ExpressionError('the expression is missing', 0);
    return token;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #accept(text: string): boolean {
    const { kind, text: found } = this.#peek();
    if (found !== text || (kind !== 'word' && kind !== 'operator')) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw this.#unexpected();
  }

  #unexpected(token = this.#peek()): ExpressionError {
    const shown =
      token.kind === 'end' ? token.text : `"${token.kind === 'variable' ? ':' : ''}${token.text}"`;
    return new ExpressionError(`syntax error at ${shown}`, token.offset);
  }
}

function constant(value: Scalar): Expression {
  return { kind: 'constant', value };
}

function call(name: string, ...args: Expression[]): Expression {
  return { kind: 'call', name: name === '!=' ? '<>' : name, arguments: args };
}

function integer({ text, offset }: Token): bigint {
  const value = BigInt(text);
  if (value >= INT64_LIMIT) throw new ExpressionError(`integer ${text} is out of range`, offset);
  return value;
}

function double({ text, offset }: Token): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new ExpressionError(`double ${text} is out of range`, offset);
  return value;
}

function spelledArity(least: number, most: number): string {
  if (most === Infinity) return `at least ${least} argument`;
  return least === most ? `${least} argument${least === 1 ? '' : 's'}` : `${least} to ${most} arguments`;
}
