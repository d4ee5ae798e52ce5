import { CommanderError } from 'commander';
import { EXIT, exitCodeFor, namedLack } from '../shared/errors.ts';
import { realIo, type Io } from './output/io.ts';
import { globalFlags, Output } from './output/output.ts';
import { buildProgram, usageError, VERB_NAMES } from './program.ts';

export type { Io } from './output/io.ts';

/**
 * The command line without the process around it: arguments in, exit code out. The result goes to `io.stdout`, all else to
 * `io.stderr`; it never throws.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const flags = globalFlags(argv);
  const out = new Output(io, flags);
  let exitCode: number = EXIT.ok;
  const printer = () => import('./output/print-error.ts');
  try {
    const program = await buildProgram(argv, { io, out, flags }, (code) => (exitCode = code));
    if (argv.length === 0) {
      program.outputHelp({ error: true });
      return EXIT.usage;
    }
    if (VERB_NAMES.some((name) => argv.includes(name))) await printer(); // later no file may be left to read it with
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    const error = thrown instanceof CommanderError ? usageError(thrown) : namedLack(thrown);
    if (error === undefined) return EXIT.ok;
    const { errorLines } = await printer();
    for (const line of errorLines(error, { verbose: flags.verbose, color: out.colorErr })) out.problem(line);
    return exitCodeFor(error);
  }
}

/** The real process as `main` needs it. A second Ctrl-C ends it here and at no other place. */
export function processIo(options: { cwd?: string; program?: string } = {}): Io {
  return realIo({ ...options, exitNow: (code) => process.exit(code) });
}
