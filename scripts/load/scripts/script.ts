import type { Expression } from '../expressions/expression.ts';

/** A workload script, read and checked. Plain data: it travels to the load process as it is. */
export interface ParsedScript {
  /** Unique within its version. */
  readonly name: string;
  /** How often it is chosen, in proportion to the other scripts of its version; above 0. */
  readonly weight: number;
  /** As shown in messages. */
  readonly file: string;
  /** Variables that are drawn from real data before the script runs. */
  readonly samples: readonly Sample[];
  readonly commands: readonly Command[];
}

export interface Sample {
  readonly variable: string;
  /** Undefined = found by the search path. */
  readonly schema: string | undefined;
  readonly table: string;
  readonly column: string;
  readonly line: number;
}

export type Command = SqlCommand | SetCommand | SleepCommand | IfCommand;

export interface SqlCommand {
  readonly kind: 'sql';
  readonly line: number;
  /** Position among the script's statements, from 0. */
  readonly index: number;
  /** With `$1`, `$2`, … in the places of the variables. */
  readonly text: string;
  /** The variable of each parameter, in order. */
  readonly parameters: readonly string[];
  /** What the statement does to the transaction; `chain` ends one and begins the next. */
  readonly transaction: 'begin' | 'commit' | 'rollback' | 'chain' | undefined;
  /** `\gset`: the first row's columns go into variables whose names begin with this. */
  readonly gsetPrefix: string | undefined;
}

export interface SetCommand {
  readonly kind: 'set';
  readonly line: number;
  readonly variable: string;
  readonly expression: Expression;
}

export interface SleepCommand {
  readonly kind: 'sleep';
  readonly line: number;
  /** A number or the name of a variable that holds one. */
  readonly amount: number | string;
  /** Milliseconds per unit of `amount`. */
  readonly unitMs: number;
}

export interface IfCommand {
  readonly kind: 'if';
  readonly line: number;
  /** Tried in order; `else` has no condition. */
  readonly branches: readonly {
    readonly condition: Expression | undefined;
    readonly commands: readonly Command[];
  }[];
}

/** Variables that every script has without setting them. */
export const PRESET_VARIABLES = ['client_id', 'scale', 'random_seed', 'default_seed'] as const;

/** Names of the same column in the same words share one pool of values. */
export function poolKey({ schema, table, column }: Sample): string {
  return JSON.stringify([schema ?? null, table, column]);
}

/** `schema.table.column` for people. */
export function columnName({ schema, table, column }: Sample): string {
  return [...(schema === undefined ? [] : [schema]), table, column].join('.');
}

export interface Version {
  readonly name: string;
  readonly scripts: readonly ParsedScript[];
}
