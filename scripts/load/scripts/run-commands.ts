import { compileScript } from './compile-script.ts';
import { ScriptCursor, type RunScope } from './script-cursor.ts';
import type { Command, SqlCommand } from './script.ts';

/** A statement's result in text format, as far as scripts use it. */
export interface SqlResult {
  readonly columns: readonly string[];
  readonly firstRow: readonly (string | null)[] | undefined;
}

/** One run of a script and the way to PostgreSQL. */
interface ScriptRun extends RunScope {
  readonly query: (command: SqlCommand, values: (string | null)[]) => Promise<SqlResult>;
  /** Waits for a `\sleep`. */
  readonly pause: (ms: number) => Promise<void>;
}

/** Runs commands one after the other, where time does not matter. @throws ScriptError, or what `query` and `pause` throw */
export async function runCommands(commands: readonly Command[], run: ScriptRun): Promise<void> {
  const cursor = new ScriptCursor(compileScript(commands), run);
  for (let command = cursor.next(); command; command = cursor.next()) {
    if (command.kind === 'sleep') {
      await run.pause(cursor.pauseMs(command));
      continue;
    }
    const { columns, firstRow } = await run.query(command, cursor.valuesOf(command));
    if (command.gsetPrefix !== undefined) cursor.take(command.gsetPrefix, columns, firstRow);
  }
}
