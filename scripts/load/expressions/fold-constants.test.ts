import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evaluate } from './evaluate.ts';
import { parseExpression } from './expression-parser.ts';
import type { Expression } from './expression.ts';
import { foldConstants } from './fold-constants.ts';
import { Random } from '../chance/random.ts';
import { ScriptError } from '../script-error.ts';

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom('1', '2.5', '0', '9223372036854775807', 'null', 'true', ':known'),
    fc
      .tuple(tie('expression'), fc.constantFrom('+', '*', '/', '%', '<', 'and', 'or'), tie('expression'))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    tie('expression').map((inner) => `abs(${inner})`),
    tie('expression').map((inner) => `random(1, ${inner})`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([when, then, otherwise]) => `case when ${when} then ${then} else ${otherwise} end`),
  ),
}));

function outcome(parsed: Expression): unknown {
  try {
    return evaluate(parsed, { variables: new Map([['known', 3n]]), random: new Random(1, 'fold') });
  } catch (error) {
    if (error instanceof ScriptError) return [error.sqlstate, error.message];
    throw error;
  }
}

it('changes neither the value of an expression, nor its luck, nor why it fails', () => {
  fc.assert(
    fc.property(expression, (source) => {
      const parsed = parseExpression(source);
      expect(outcome(foldConstants(parsed))).toEqual(outcome(parsed));
    }),
    { numRuns: 500 },
  );
});

it('computes beforehand what is the same each time', () => {
  expect(foldConstants(parseExpression('random(1, 100000 * 10)'))).toEqual({
    kind: 'call',
    name: 'random',
    arguments: [
      { kind: 'constant', value: 1n },
      { kind: 'constant', value: 1_000_000n },
    ],
  });
});
