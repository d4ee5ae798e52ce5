import { evaluate, type Scope } from './evaluate.ts';
import type { Expression } from './expression.ts';
import { Random } from '../chance/random.ts';
import { ScriptError } from '../script-error.ts';

const NOTHING: Scope = { variables: new Map(), random: new Random(0, 'nothing') };
/** Functions whose value depends on more than their arguments. */
const DRAWS = /^random/;

/** The same expression with everything computed that is the same each time. What fails is left to fail when it is run. */
export function foldConstants(expression: Expression): Expression {
  switch (expression.kind) {
    case 'constant':
    case 'variable':
      return expression;
    case 'call': {
      const folded = { ...expression, arguments: expression.arguments.map(foldConstants) };
      const fixed = folded.arguments.every(({ kind }) => kind === 'constant');
      return fixed && !DRAWS.test(folded.name) ? computed(folded) : folded;
    }
    case 'case':
      return {
        ...expression,
        branches: expression.branches.map(({ when, result }) => ({
          when: foldConstants(when),
          result: foldConstants(result),
        })),
        otherwise: foldConstants(expression.otherwise),
      };
  }
}

function computed(expression: Expression): Expression {
  try {
    return { kind: 'constant', value: evaluate(expression, NOTHING) };
  } catch (error) {
    if (error instanceof ScriptError) return expression;
    throw error;
  }
}
