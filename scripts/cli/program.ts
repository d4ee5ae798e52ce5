import { Command, type CommanderError } from 'commander';
import { EXIT, EXIT_MEANING, RehearsalError } from '../shared/errors.ts';
import { asTyped } from './output/as-typed.ts';
import { examples, type AddVerb, type CliContext } from './context.ts';
import { toolVersion } from './version.ts';

/** A verb and all that it needs are read only when it is asked for. */
interface Verb {
  readonly name: string;
  readonly description: string;
  readonly add: () => Promise<AddVerb>;
}

// prettier-ignore
const VERBS: readonly Verb[] = [
  { name: 'run', description: 'rehearse a plan on a copy, under load, and judge it', add: async () => (await import('./run/run.ts')).addRun },
  { name: 'check', description: 'read a rehearsal and all its files and show every mistake; needs no database', add: async () => (await import('./check.ts')).addCheck },
  { name: 'report', description: 'judge a run again from its folder and write its reports; needs no database', add: async () => (await import('./report.ts')).addReport },
  { name: 'list', description: 'show the runs that are here, newest first, and what is still alive', add: async () => (await import('./list.ts')).addList },
  { name: 'nightly', description: 'rehearse all that are marked nightly: true, or named; ends with the worst exit code', add: async () => (await import('./nightly/nightly.ts')).addNightly },
  { name: 'diff', description: 'hold two runs against each other, and the later one against earlier nights', add: async () => (await import('./history/diff.ts')).addDiff },
  { name: 'history', description: 'keep what is known of earlier runs: one line a run in history.ndjson, never rewritten', add: async () => (await import('./history/history.ts')).addHistory },
  { name: 'publish', description: 'tell a run where it is reviewed; it changes no verdict', add: async () => (await import('./publish/publish.ts')).addPublish },
  { name: 'note', description: 'keep a word of a reviewer with a run; it changes no verdict', add: async () => (await import('./publish/note.ts')).addNote },
  { name: 'init', description: 'write a small rehearsal that runs, as the start of your own', add: async () => (await import('./init.ts')).addInit },
  { name: 'doctor', description: 'look at what this machine offers and say what is missing', add: async () => (await import('./doctor.ts')).addDoctor },
  { name: 'base', description: 'list, drop and make restored databases that later runs begin on', add: async () => (await import('./base/base.ts')).addBase },
  { name: 'snapshot', description: 'take production as a snapshot folder, look at it, and name the personal columns of a snapshot', add: async () => (await import('./snapshot/snapshot.ts')).addSnapshot },
  { name: 'reap', description: 'show what dead runs left behind; with --execute remove it', add: async () => (await import('./reap.ts')).addReap },
];

/** In the order of the help. */
export const VERB_NAMES: readonly string[] = VERBS.map(({ name }) => name);

const EXIT_CODES = [
  '\nExit codes:',
  ...Object.entries(EXIT_MEANING).map(
    ([kind, meaning]) => `  ${String(EXIT[kind as keyof typeof EXIT]).padStart(3)}  ${meaning}`,
  ),
].join('\n');

/** The command line as commander sees it, with what the verbs named in `argv` take. Nothing in it ends the process. */
export async function buildProgram(
  argv: readonly string[],
  context: CliContext,
  finish: (code: number) => void,
): Promise<Command> {
  const { io } = context;
  const program = new Command('rehearse')
    .usage('<verb> [options]')
    .description('Rehearses PostgreSQL schema migrations on a production-like copy, under load.')
    .version(toolVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .option('--verbose', 'show the stack of an error')
    .option('--quiet', 'print nothing but the result and errors')
    .option('--no-color', 'print without colours')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(asTyped(text, io.program)),
      writeErr: (text) => io.stderr.write(asTyped(text, io.program)),
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
      // Mistakes come back as errors; main prints them like all others.
      outputError: () => undefined,
    })
    .addHelpText('after', EXIT_CODES)
    .addHelpText('after', examples('run rehearsals/rename-column', 'check', 'help run'));
  program.helpCommand('help [verb]', 'show help for a verb');
  for (const { name, description, add } of VERBS) {
    const verb = program.command(name).description(description);
    if (argv.includes(name)) (await add())(verb, context, finish);
  }
  return program;
}

/** Commander's endings in our words: help and version are no errors (undefined), all else is USAGE. */
export function usageError(error: CommanderError): RehearsalError | undefined {
  if (error.exitCode === 0) return undefined;
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n(Did you mean ');
  const hint = suggestion
    ? `did you mean ${suggestion.replace(/\?\)$/, '?')}`
    : 'rehearse --help shows the verbs, rehearse <verb> --help their options';
  return new RehearsalError('USAGE', message, { hint });
}
