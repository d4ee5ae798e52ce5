import { Command, type CommanderError } from 'commander';
import { EXIT, EXIT_MEANING, RehearsalError } from '../shared/errors.ts';
import { asTyped } from './output/as-typed.ts';
import { addCheck } from './check.ts';
import { examples, type AddVerb, type CliContext } from './context.ts';
import { addDoctor } from './doctor.ts';
import { addDiff } from './history/diff.ts';
import { addHistory } from './history/history.ts';
import { addInit } from './init.ts';
import { addList } from './list.ts';
import { addNightly } from './nightly/nightly.ts';
import { addNote } from './publish/note.ts';
import { addPublish } from './publish/publish.ts';
import { addReap } from './reap.ts';
import { addReport } from './report.ts';
import { addRun } from './run/run.ts';
import { toolVersion } from './version.ts';

const VERBS: readonly AddVerb[] = [
  addRun,
  addCheck,
  addReport,
  addList,
  addNightly,
  addDiff,
  addHistory,
  addPublish,
  addNote,
  addInit,
  addDoctor,
  addReap,
];
const EXIT_CODES = [
  '\nExit codes:',
  ...Object.entries(EXIT_MEANING).map(
    ([kind, meaning]) => `  ${String(EXIT[kind as keyof typeof EXIT]).padStart(3)}  ${meaning}`,
  ),
].join('\n');

/** The command line as commander sees it. Nothing in it ends the process. */
export function buildProgram(context: CliContext, finish: (code: number) => void): Command {
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
  for (const addVerb of VERBS) addVerb(program, context, finish);
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
