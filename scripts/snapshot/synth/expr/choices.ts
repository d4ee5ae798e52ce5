import type { Node } from 'libpg-query';
import type { Expression } from './expression.ts';
import { comparison } from './operators.ts';

type Compiled = Expression | undefined;

export function areAll(args: readonly Compiled[]): args is readonly Expression[] {
  return args.every((arg) => arg !== undefined);
}

/** The first that is not NULL. */
export function coalesce(args: readonly Compiled[]): Compiled {
  const [first] = args;
  if (!areAll(args) || first === undefined) return undefined;
  return {
    of: first.of,
    value: (row) => {
      for (const arg of args) {
        const value = arg.value(row);
        if (value !== null) return value;
      }
      return null;
    },
  };
}

/** GREATEST and LEAST: of those that are not NULL. */
export function minMax(isGreatest: boolean, args: readonly Compiled[]): Compiled {
  const [first] = args;
  if (!areAll(args) || first === undefined || ['text', 'other', 'array', 'json'].includes(first.of))
    return undefined;
  return {
    of: first.of,
    value: (row) => {
      const values = args.map((arg) => arg.value(row)).filter((value) => value !== null);
      if (values.length === 0) return null;
      const numbers = values.map(Number);
      return isGreatest ? Math.max(...numbers) : Math.min(...numbers);
    },
  };
}

type CaseNode = Extract<Node, { CaseExpr: unknown }>['CaseExpr'];

/** Undefined where one of its parts is. */
export function caseOf(node: CaseNode, inside: (one: Node | undefined) => Compiled): Compiled {
  const subject = node.arg === undefined ? undefined : inside(node.arg);
  if (node.arg !== undefined && subject === undefined) return undefined;
  const branches = (node.args ?? []).map((when) => {
    if (!('CaseWhen' in when)) return undefined;
    const test = inside(when.CaseWhen.expr);
    const result = inside(when.CaseWhen.result);
    const meets = subject && test ? comparison('=', subject, test) : test;
    return meets && result && { meets, result };
  });
  const otherwise =
    node.defresult === undefined ? { of: 'other' as const, value: () => null } : inside(node.defresult);
  if (branches.includes(undefined) || otherwise === undefined) return undefined;
  return {
    of: branches[0]?.result.of ?? otherwise.of,
    value: (row) =>
      (branches.find((branch) => branch?.meets.value(row) === true)?.result ?? otherwise).value(row),
  };
}
