import type { Expression } from './expression.ts';
import { FUNCTIONS, type Argument } from './functions.ts';
import { OPERATORS } from './operators.ts';
import type { Random } from '../chance/random.ts';
import { ScriptError } from '../script-error.ts';
import { isTrue, scalarOf, type Scalar, type Value } from './values.ts';

/** What an expression can see. */
export interface Scope {
  readonly variables: ReadonlyMap<string, Value>;
  readonly random: Random;
}

/** The value of an expression. @throws ScriptError */
export function evaluate(expression: Expression, scope: Scope): Scalar {
  switch (expression.kind) {
    case 'constant':
      return expression.value;
    case 'variable':
      return scalarOf(expression.name, variable(expression.name, scope.variables));
    case 'case': {
      const branch = expression.branches.find(({ when }) => isTrue(evaluate(when, scope)));
      return evaluate(branch ? branch.result : expression.otherwise, scope);
    }
    case 'call':
      return call(expression.name, expression.arguments, scope);
  }
}

/** The value of a variable. @throws ScriptError where nothing set it yet */
export function variable(name: string, variables: ReadonlyMap<string, Value>): Value {
  const value = variables.get(name);
  if (value === undefined) throw new ScriptError('undefinedVariable', `undefined variable "${name}"`);
  return value;
}

function call(name: string, args: readonly Expression[], scope: Scope): Scalar {
  if (name === 'and' || name === 'or') return connect(name, args, scope);
  const values = args.map((argument) => evaluate(argument, scope));
  const [left = null, right = null] = values;
  if (name === 'is') return left === right;
  if (!values.every((value) => value !== null)) return null;
  if (name === 'not') return !isTrue(left);
  return apply(name, values, scope.random);
}

/** AND and OR look at their right side only where the left one leaves it open; NULL on the left is NULL. */
function connect(name: 'and' | 'or', [left, right]: readonly Expression[], scope: Scope): Scalar {
  if (!left || !right) throw new Error(`${name} has two sides`);
  const first = evaluate(left, scope);
  if (first === null) return null;
  if (isTrue(first) === (name === 'or')) return name === 'or';
  const second = evaluate(right, scope);
  return second === null ? null : isTrue(second);
}

function apply(name: string, args: readonly Argument[], random: Random): Scalar {
  const operator = OPERATORS[name];
  const [left = 0n, right = 0n] = args;
  if (operator) return operator(left, right);
  const scriptFunction = FUNCTIONS[name];
  if (!scriptFunction) throw new Error(`no function ${name}`); // the parser let only known names through
  return scriptFunction.apply(args, random);
}
