import type { Report } from './directives.ts';
import { variablesOf, type Expression } from '../expressions/expression.ts';
import { PRESET_VARIABLES, type Command, type SqlCommand } from './script.ts';

interface OpenIf {
  readonly line: number;
  readonly branches: { condition: Expression | undefined; commands: Command[] }[];
  /** Where the `\if` itself belongs. */
  readonly outer: Command[];
  elseLine: number | undefined;
}

type NewStatement = Pick<SqlCommand, 'line' | 'text' | 'parameters' | 'transaction'>;

/** The commands of a script as they are read: nests `\if`, attaches `\gset` and watches that variables are set before use. */
export class CommandList {
  count = 0;
  readonly #report: Report;
  readonly #commands: Command[] = [];
  readonly #open: OpenIf[] = [];
  readonly #known = new Set<string>(PRESET_VARIABLES);
  /** Prefixes of `\gset` after statements whose columns the syntax does not tell. */
  readonly #knownPrefixes: string[] = [];
  readonly #reported = new Set<string>();
  #current = this.#commands;
  #statements = 0;
  #lastSql: { columns: readonly string[] | undefined } | 'broken' | undefined;
  #openTransaction: { line: number } | 'unknown' | undefined;

  constructor(report: Report) {
    this.#report = report;
  }

  get mayBeInTransaction(): boolean {
    return this.#openTransaction !== undefined;
  }

  define(variable: string): void {
    this.#known.add(variable);
  }

  use(variable: string, line: number): void {
    if (this.#known.has(variable) || this.#reported.has(variable)) return;
    if (this.#knownPrefixes.some((prefix) => variable.startsWith(prefix))) return;
    this.#reported.add(variable);
    this.#report(line, `variable :${variable} is neither set nor sampled before it is used`);
  }

  add(command: Command): void {
    this.count++;
    this.#current.push(command);
    this.#lastSql = undefined;
  }

  addSet(line: number, variable: string, expression: Expression): void {
    this.#useAll(expression, line);
    this.define(variable);
    this.add({ kind: 'set', line, variable, expression });
  }

  addSql(statement: NewStatement, columns: readonly string[] | undefined): void {
    this.add({ kind: 'sql', index: this.#statements++, gsetPrefix: undefined, ...statement });
    this.#lastSql = { columns };
    this.#followTransaction(statement);
  }

  /** A statement that could not be read: what refers to it is not reported as well. */
  statementBroken(): void {
    this.count++;
    this.#lastSql = 'broken';
  }

  gset(line: number, prefix: string): void {
    const last = this.#lastSql;
    const command = this.#current.at(-1);
    this.#lastSql = undefined;
    if (last === 'broken') {
      this.#knownPrefixes.push(prefix);
    } else if (!last || command?.kind !== 'sql') {
      this.#report(line, String.raw`\gset must follow an SQL statement`);
    } else {
      this.#current[this.#current.length - 1] = { ...command, gsetPrefix: prefix };
      if (last.columns) for (const column of last.columns) this.define(`${prefix}${column}`);
      else this.#knownPrefixes.push(prefix);
    }
  }

  openIf(line: number, condition: Expression | undefined): void {
    this.count++;
    this.#useAll(condition, line);
    const opened: OpenIf = { line, branches: [], outer: this.#current, elseLine: undefined };
    this.#open.push(opened);
    this.#beginBranch(opened, condition);
  }

  nextBranch(line: number, word: string, condition: Expression | undefined): void {
    const opened = this.#open.at(-1);
    if (!opened) {
      this.#report(line, `\\${word} without \\if`);
      return;
    }
    if (opened.elseLine !== undefined) {
      this.#report(line, `\\${word} after the \\else of line ${opened.elseLine}`);
    }
    if (word === 'else') opened.elseLine = line;
    this.#useAll(condition, line);
    this.#beginBranch(opened, condition);
  }

  closeIf(line: number): void {
    const opened = this.#open.pop();
    if (!opened) {
      this.#report(line, String.raw`\endif without \if`);
      return;
    }
    this.#current = opened.outer;
    this.#current.push({ kind: 'if', line: opened.line, branches: opened.branches });
    this.#lastSql = undefined;
  }

  /** All commands, once the script's end is reached. */
  finish(): Command[] {
    for (const { line } of this.#open) this.#report(line, String.raw`\if without \endif`);
    if (typeof this.#openTransaction === 'object') {
      this.#report(
        this.#openTransaction.line,
        'the transaction that begins here is still open at the end of the script',
      );
    }
    return this.#commands;
  }

  #beginBranch(opened: OpenIf, condition: Expression | undefined): void {
    const commands: Command[] = [];
    opened.branches.push({ condition, commands });
    this.#current = commands;
    this.#lastSql = undefined;
  }

  #useAll(expression: Expression | undefined, line: number): void {
    for (const name of expression ? variablesOf(expression) : []) this.use(name, line);
  }

  /** Inside `\if` only the run tells which way is taken. */
  #followTransaction({ transaction, line }: NewStatement): void {
    if (transaction === undefined || this.#openTransaction === 'unknown') return;
    if (this.#open.length > 0) this.#openTransaction = 'unknown';
    else if (transaction === 'begin') this.#openTransaction ??= { line };
    else if (transaction !== 'chain') this.#openTransaction = undefined;
  }
}
