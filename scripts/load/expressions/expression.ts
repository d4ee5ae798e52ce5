import type { Scalar } from './values.ts';

/** An expression of `\set`, `\if` or `\elif`; plain data, so that it can travel to the load process. */
export type Expression =
  | { readonly kind: 'constant'; readonly value: Scalar }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
  | {
      readonly kind: 'case';
      readonly branches: readonly { readonly when: Expression; readonly result: Expression }[];
      readonly otherwise: Expression;
    };

/** Names of all variables that an expression reads. Hash functions without a seed read `default_seed`. */
export function variablesOf(expression: Expression): string[] {
  switch (expression.kind) {
    case 'constant':
      return [];
    case 'variable':
      return [expression.name];
    case 'call':
      return expression.arguments.flatMap(variablesOf);
    case 'case':
      return [
        ...expression.branches.flatMap(({ when, result }) => [...variablesOf(when), ...variablesOf(result)]),
        ...variablesOf(expression.otherwise),
      ];
  }
}
