import { variablesOf, type Expression } from '../expressions/expression.ts';
import { foldConstants } from '../expressions/fold-constants.ts';
import type { Command, SetCommand, SleepCommand, SqlCommand } from './script.ts';

/** A script's commands in one row, with jumps in the places of its branches. */
export type Step =
  | SqlCommand
  | SetCommand
  | SleepCommand
  | { readonly kind: 'unless'; readonly condition: Expression; readonly target: number }
  | { readonly kind: 'jump'; readonly target: number };

export function compileScript(commands: readonly Command[]): Step[] {
  const steps: Step[] = [];
  append(commands, steps);
  return steps;
}

function append(commands: readonly Command[], steps: Step[]): void {
  for (const command of commands) {
    if (command.kind === 'set') {
      steps.push({ ...command, expression: foldConstants(command.expression) });
      continue;
    }
    if (command.kind !== 'if') {
      steps.push(command);
      continue;
    }
    const leaves: number[] = [];
    for (const { condition, commands: branch } of command.branches) {
      const test = steps.length;
      if (condition) steps.push({ kind: 'jump', target: 0 });
      append(branch, steps);
      leaves.push(steps.length);
      steps.push({ kind: 'jump', target: 0 });
      if (condition)
        steps[test] = { kind: 'unless', condition: foldConstants(condition), target: steps.length };
    }
    for (const leave of leaves) steps[leave] = { kind: 'jump', target: steps.length };
  }
}

/** Names of all variables that a script reads. */
export function variablesRead(steps: readonly Step[]): Set<string> {
  return new Set(
    steps.flatMap((step) => {
      switch (step.kind) {
        case 'sql':
          return step.parameters;
        case 'set':
          return variablesOf(step.expression);
        case 'unless':
          return variablesOf(step.condition);
        case 'sleep':
          return typeof step.amount === 'string' ? [step.amount] : [];
        case 'jump':
          return [];
      }
    }),
  );
}
