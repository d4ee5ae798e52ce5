import { DURATION_MS } from '../../shared/bounds.ts';
import type { Step } from './compile-script.ts';
import { evaluate, variable, type Scope } from '../expressions/evaluate.ts';
import { ScriptError } from '../script-error.ts';
import type { SleepCommand, SqlCommand } from './script.ts';
import { isTrue, parameterText, scalarOf, toInt, type Value } from '../expressions/values.ts';

/** The variables and random numbers of one run of a script. */
export interface RunScope extends Scope {
  readonly variables: Map<string, Value>;
}

/** One run of a script: does what needs nobody else and stops at what does. */
export class ScriptCursor {
  readonly #steps: readonly Step[];
  readonly #scope: RunScope;
  #at = 0;

  constructor(steps: readonly Step[], scope: RunScope) {
    this.#steps = steps;
    this.#scope = scope;
  }

  /** Goes on to the next statement or pause; undefined at the end. @throws ScriptError */
  next(): SqlCommand | SleepCommand | undefined {
    const scope = this.#scope;
    for (;;) {
      const step = this.#steps[this.#at++];
      if (step === undefined) return undefined;
      switch (step.kind) {
        case 'sql':
        case 'sleep':
          return step;
        case 'set':
          scope.variables.set(step.variable, evaluate(step.expression, scope));
          break;
        case 'unless':
          if (!isTrue(evaluate(step.condition, scope))) this.#at = step.target;
          break;
        case 'jump':
          this.#at = step.target;
          break;
      }
    }
  }

  /** A statement's parameters in text format. @throws ScriptError */
  valuesOf({ parameters }: SqlCommand): (string | null)[] {
    const { variables } = this.#scope;
    return parameters.map((name) => parameterText(variable(name, variables)));
  }

  /** @throws ScriptError */
  pauseMs({ amount, unitMs }: SleepCommand): number {
    if (typeof amount === 'number') return amount * unitMs;
    const ms = Number(toInt(scalarOf(amount, variable(amount, this.#scope.variables)))) * unitMs;
    if (ms > DURATION_MS.max) throw new ScriptError('outOfRange', `\\sleep :${amount} is longer than 24d`);
    return ms;
  }

  /** `\gset`: the first row's columns become variables. @throws ScriptError where there is none */
  take(prefix: string, columns: readonly string[], firstRow: readonly (string | null)[] | undefined): void {
    if (!firstRow) throw new ScriptError('noRow', 'the statement before \\gset returned no row');
    columns.forEach((column, index) =>
      this.#scope.variables.set(`${prefix}${column}`, firstRow[index] ?? null),
    );
  }
}
