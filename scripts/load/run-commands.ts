import { evaluate, variable, type Scope } from './evaluate.ts';
import { ScriptError } from './script-error.ts';
import type { Command, SleepCommand, SqlCommand } from './script.ts';
import { isTrue, parameterText, scalarOf, toInt, type Value } from './values.ts';

/** A statement's result in text format, as far as scripts use it. */
export interface SqlResult {
  readonly columns: readonly string[];
  readonly firstRow: readonly (string | null)[] | undefined;
}

/** One run of a script: its variables, its random numbers and the way to PostgreSQL. */
export interface ScriptRun extends Scope {
  readonly variables: Map<string, Value>;
  readonly query: (command: SqlCommand, values: (string | null)[]) => Promise<SqlResult>;
  /** Waits for a `\sleep`. */
  readonly pause: (ms: number) => Promise<void>;
}

/** Runs commands one after the other. @throws ScriptError, or what `query` and `pause` throw */
export async function runCommands(commands: readonly Command[], run: ScriptRun): Promise<void> {
  for (const command of commands) {
    switch (command.kind) {
      case 'sql':
        await runSql(command, run);
        break;
      case 'set':
        run.variables.set(command.variable, evaluate(command.expression, run));
        break;
      case 'sleep':
        await run.pause(sleepMs(command, run));
        break;
      case 'if': {
        const branch = command.branches.find(
          ({ condition }) => condition === undefined || isTrue(evaluate(condition, run)),
        );
        if (branch) await runCommands(branch.commands, run);
        break;
      }
    }
  }
}

async function runSql(command: SqlCommand, run: ScriptRun): Promise<void> {
  const values = command.parameters.map((name) => parameterText(variable(name, run.variables)));
  const result = await run.query(command, values);
  if (command.gsetPrefix === undefined) return;
  const { columns, firstRow } = result;
  if (!firstRow) throw new ScriptError('noRow', 'the statement before \\gset returned no row');
  columns.forEach((column, index) =>
    run.variables.set(`${command.gsetPrefix}${column}`, firstRow[index] ?? null),
  );
}

function sleepMs({ amount, unitMs }: SleepCommand, run: ScriptRun): number {
  if (typeof amount === 'number') return amount * unitMs;
  return Number(toInt(scalarOf(amount, variable(amount, run.variables)))) * unitMs;
}
