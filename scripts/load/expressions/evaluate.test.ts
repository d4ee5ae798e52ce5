import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from './evaluate.ts';
import { ExpressionError } from './expression-lexer.ts';
import { parseExpression } from './expression-parser.ts';
import { Random } from '../chance/random.ts';
import { ScriptError } from '../script-error.ts';
import type { Scalar, Value } from './values.ts';

function value(source: string, variables: Record<string, Value> = {}): Scalar {
  const scope = { variables: new Map(Object.entries(variables)), random: new Random(1, 'test') };
  return evaluate(parseExpression(source), scope);
}

/** As pgbench 15 computes them (its debug() prints them). */
const RESULTS: [string, Scalar][] = [
  ['1 + 2 * 3', 7n],
  ['(1 + 2) * 3', 9n],
  ['-7 / 2', -3n],
  ['mod(-7, 3)', -1n],
  ['-1 % 5', -1n],
  ['5.5 % 3', 0n],
  ['5 % 3.7', 1n],
  ['1/3.0', 1 / 3],
  ['-7.0 / 0', -Infinity],
  ['-9223372036854775808', -9223372036854775808n],
  ['-9223372036854775808 % -1', 0n],
  ['9223372036854775807 # 5', 9223372036854775802n],
  ['1 << 65', 2n],
  ['1 << -1', -9223372036854775808n],
  ['-8 >> 1', -4n],
  ['~ 1 + 2', -4n],
  ['1.5 & 1', 0n],
  ['1 | 2 # 3', 0n],
  ['int(2.5)', 2n],
  ['int(3.5)', 4n],
  ['int(-2.5)', -2n],
  ['int(null)', null],
  ['double(3)', 3],
  ['greatest(1, 2.0)', 2],
  ['greatest(3, 2.0)', 3],
  ['least(5, 4, 3, 2.1)', 2.1],
  ['least(NULL, 1)', null],
  ['abs(-17)', 17n],
  ['abs(-1.5)', 1.5],
  ['pow(2, 10)', 1024],
  ['power(0, -1)', Infinity],
  ['ln(0)', -Infinity],
  ['sqrt(-1)', NaN],
  ['exp(0)', 1],
  ['pi()', Math.PI],
  ['NULL and FALSE', null],
  ['FALSE and NULL', false],
  ['TRUE and NULL', null],
  ['NULL or TRUE', null],
  ['TRUE or NULL', true],
  ['FALSE or NULL', null],
  ['false and 1/0', false],
  ['not NULL', null],
  ['not 1 = 2', true],
  ['not null is null', false],
  ['1 is true', false],
  ['null is null', true],
  ['1 is not false', true],
  ['1 is null is not true', true],
  ['1 notnull', true],
  ['1 ISNULL', false],
  ['null = 1', null],
  ['1 = 1.0', true],
  ['2 != 2', false],
  ['3 >= 2.5', true],
  ['case when 2 then 3 end', 3n],
  ['case when 0 then 3 end', null],
  ['CASE WHEN NULL THEN 1 WHEN 2 > 1 THEN 2 ELSE 3 END', 2n],
  ['hash(10, 5432)', -5817877081768721676n],
  ['debug(true)', true],
  ['.5 + 5. + 5.e3', 5005.5],
];

/** Refused by pgbench 15, too. */
const FAILURES: [string, string, string][] = [
  ['1/0', '22012', 'division by zero'],
  ['1 % 0', '22012', 'division by zero'],
  ['9223372036854775807 + 1', '22003', 'bigint add out of range'],
  ['-(-9223372036854775808)', '22003', 'bigint sub out of range'],
  ['9223372036854775807 * 2', '22003', 'bigint mul out of range'],
  ['-9223372036854775808 / -1', '22003', 'bigint div out of range'],
  ['int(1e300)', '22003', 'double to int overflow'],
  ['true = 1', '42804', 'cannot coerce boolean to int'],
  ['exp(true)', '42804', 'cannot coerce boolean to double'],
  ['permute(1, 0, 1)', '22023', 'permute size parameter must be greater than zero'],
  [':missing', '42704', 'undefined variable "missing"'],
];

const SYNTAX_ERRORS: [string, string, number][] = [
  ['', 'syntax error at end of the command', 0],
  ['1 +', 'syntax error at end of the command', 3],
  ['1 < 2 < 3', 'syntax error at "<"', 6],
  ['1 is 1', 'syntax error at "1"', 5],
  ['case 1 when 1 then 2 end', 'syntax error at "1"', 5],
  ['9223372036854775808', 'integer 9223372036854775808 is out of range', 0],
  ['1 + 1e999', 'double 1e999 is out of range', 4],
  ['2 * foo(1)', 'unknown function foo()', 4],
  ['constructor(1)', 'unknown function constructor()', 0],
  ['hash()', 'hash() takes 1 to 2 arguments, not 0', 0],
  ['pi(1)', 'pi() takes 0 arguments, not 1', 0],
  ['least()', 'least() takes at least 1 argument, not 0', 0],
  ['1 2', 'syntax error at "2"', 2],
  ['1 @ 2', 'unexpected character "@"', 2],
  ['(1', 'syntax error at end of the command', 2],
];

describe('expressions', () => {
  it.each(RESULTS)('%s', (source, result) => {
    expect(value(source)).toEqual(result);
  });

  it('take numbers other than zero as true, as the manual shows', () => {
    expect([value('5 or 0'), value('3 and 0'), value('not 0')]).toEqual([true, false, true]);
  });

  it.each(FAILURES)('%s fails with %s', (source, sqlstate, message) => {
    expect(() => value(source)).toThrow(ScriptError);
    expect(() => value(source)).toThrow(expect.objectContaining({ sqlstate, message }));
  });

  it.each(SYNTAX_ERRORS)('%s cannot be read', (source, message, offset) => {
    expect(() => parseExpression(source)).toThrow(ExpressionError);
    expect(() => parseExpression(source)).toThrow(expect.objectContaining({ message, offset }));
  });

  it('read text from the database as pgbench does', () => {
    const texts = { i: ' 42', d: '1.5', t: 'yes', f: 'off', n: 'NULL', big: '9223372036854775807' };
    expect(value(':i + 1', texts)).toBe(43n);
    expect(value(':d * 2', texts)).toBe(3);
    expect(value('not :t', texts)).toBe(false);
    expect(value(':f', texts)).toBe(false);
    expect(value(':n is null', texts)).toBe(true);
    expect(value(':big', texts)).toBe(9223372036854775807n);
    expect(() => value(':name + 1', { name: 'Ada Lovelace' })).toThrow(
      'variable "name" does not hold a number',
    );
  });

  it('hash with :default_seed where no seed is given', () => {
    expect(value('hash(10)', { default_seed: 5432n })).toBe(value('hash(10, 5432)'));
    expect(value('permute(1, 100)', { default_seed: 9n })).toBe(value('permute(1, 100, 9)'));
  });

  it('follow the usual rules of integers', () => {
    const int64 = fc.bigInt(-(1n << 63n), (1n << 63n) - 1n);
    const fits = (result: bigint): boolean => BigInt.asIntN(64, result) === result;
    fc.assert(
      fc.property(int64, int64, (a, b) => {
        const sum = (): Scalar => value(':a + :b', { a, b });
        if (fits(a + b)) expect(sum()).toBe(a + b);
        else expect(sum).toThrow('bigint add out of range');
        expect(value('(:a & :b) | (:a # :b)', { a, b })).toBe(a | b);
        expect(value('(:a < :b) or (:a >= :b)', { a, b })).toBe(true);
        if (b !== 0n && fits(a / b)) expect(value(':a / :b * :b + :a % :b', { a, b })).toBe(a);
      }),
    );
  });

  it('are read the same with every bracket written out', () => {
    const { expression } = fc.letrec<{ expression: [string, string] }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 5, depthSize: 'medium' },
        fc.constantFrom<[string, string]>(['1', '1'], ['2.5', '2.5'], ['null', 'null'], [':x', ':x']),
        fc
          .tuple(tie('expression'), fc.constantFrom('*', '/', '%'), fc.nat(9))
          .map(([[, full], operator, number]): [string, string] => [
            `(${full}) ${operator} ${number}`,
            `((${full}) ${operator} (${number}))`,
          ]),
        fc
          .tuple(
            tie('expression'),
            fc.constantFrom('+', '-'),
            fc.nat(9),
            fc.constantFrom('*', '/'),
            fc.nat(9),
          )
          .map(([[, full], low, a, high, b]): [string, string] => [
            `(${full}) ${low} ${a} ${high} ${b}`,
            `((${full}) ${low} ((${a}) ${high} (${b})))`,
          ]),
        fc
          .tuple(tie('expression'), tie('expression'))
          .map(([[, a], [, b]]): [string, string] => [
            `not (${a}) < (${b}) and (${a}) is not null or false`,
            `((not ((${a}) < (${b}))) and ((${a}) is not null)) or (false)`,
          ]),
      ),
    }));
    fc.assert(
      fc.property(expression, ([short, full]) => {
        expect(parseExpression(short)).toEqual(parseExpression(full));
      }),
    );
  });
});
