import type { Command } from 'commander';
import type { Io } from './output/io.ts';
import type { GlobalFlags, Output } from './output/output.ts';

/** What every verb gets: the outside world, the printer and the flags. */
export interface CliContext {
  readonly io: Io;
  readonly out: Output;
  readonly flags: GlobalFlags;
}

/** Gives the verb its arguments, options and work, which returns the exit code and hands it to `finish`. */
export type AddVerb = (verb: Command, context: CliContext, finish: (code: number) => void) => void;

/** The lower end of a verb's --help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ rehearse ${line}`).join('\n')}`;
}
