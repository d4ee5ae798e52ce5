import { existsSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import type { OnJudging } from '../../checks/judging-news.ts';
import { Option } from 'commander';
import type { Target } from '../../../infra/contract/target.ts';
import type { RunEvent } from '../../engine/events.ts';
import type { Rehearsal } from '../../plan/model.ts';
import { withPlan } from '../../plan/read/read-plans.ts';
import { EXIT, RehearsalError } from '../../shared/errors.ts';
import { chooseTargetFor } from './command-target.ts';
import { examples, type AddVerb, type CliContext } from '../context.ts';
import { exitCodeOfResult } from '../output/exit-code.ts';
import { remember } from '../history/remember.ts';
import { abortOnSignals } from './interrupt.ts';
import { removeDeadRuns } from '../leftovers.ts';
import { cannotKeep, keepDurationMs, keptLines } from './keep.ts';
import { requireWritable } from './out-folder.ts';
import { Pace } from '../progress/pace.ts';
import { startProgress, type Progress } from '../progress/progress.ts';
import { repetitions } from './repetitions.ts';
import { outsideNote, readChecked } from '../read-checked.ts';
import { ownFolder } from '../rehearsal-dir.ts';
import { openRunLog, type RunLog } from './run-log.ts';
import type { RunOutcome } from './run-rehearsal.ts';
import { judgingLines } from '../output/judging-lines.ts';
import { printResult } from '../output/print-result.ts';
import { defaultRuns } from '../../shared/places/user-project.ts';

interface RunVerbOptions {
  readonly target?: string;
  readonly out: string;
  readonly json?: true;
  readonly keep?: string;
  readonly repeat?: string;
  readonly plan?: string;
  readonly since?: string;
  readonly resume?: string;
  readonly environment?: string;
}

export const addRun: AddVerb = (verb, context, finish) => {
  verb
    .argument('[dir]', 'folder or name of the rehearsal (default: this folder)')
    .option('--target <name>', 'where hosts come from (default: $REHEARSE_TARGET, else auto)')
    .option('--keep <duration>', 'leave the hosts up so long after the rehearsal, such as 30m')
    .option('--repeat <n>', 'play the plan so often, each time on a fresh copy, and show the spread')
    .option('--plan <name>', 'play only this one of the rehearsal’s plans (default: all)')
    .option(
      '--since <ref>',
      'of a plan by migrations: rehearse those that this git ref, or the word ledger, lacks',
    )
    .option('--resume <id>', 'go on with a run on hosts whose own process has died')
    .addOption(
      new Option('--environment <id>', 'rehearse on the hosts of a batch, which lends them').hideHelp(),
    )
    .option('--out <dir>', 'folder for run folders', defaultRuns(context.io.cwd))
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      examples(
        'run rehearsals/rename-column',
        'run --target embedded --out /tmp/runs',
        'run add-index --repeat 5',
        'run --json > result.json',
      ),
    )
    .action(async (dir: string | undefined, options: RunVerbOptions) => {
      finish(await run(dir, options, context));
    });
};

async function run(dir: string | undefined, options: RunVerbOptions, context: CliContext): Promise<number> {
  const { io, out } = context;
  const stop = new AbortController();
  let progress: Progress | undefined;
  const keepMs = keepDurationMs(options.keep);
  const repeat = repetitions(options.repeat);
  const pace = new Pace();
  const release = abortOnSignals(context, stop, () => progress?.close());
  try {
    const read = await readChecked(dir ?? ownFolder(io.cwd), io, options.since);
    for (const note of read.notes ?? []) out.note(note);
    if (read.nothingNew !== undefined) return tellNothingNew(read, options.json === true, context);
    const rehearsal = options.plan === undefined ? read : withPlan(read, options.plan);
    await requireWritable(resolve(io.cwd, options.out), options.out);
    await removeDeadRuns(context, options.resume);
    stop.signal.throwIfAborted();
    const targetName = options.target ?? io.env['REHEARSE_TARGET'] ?? 'auto';
    const { target: whole, why } = await chooseTargetFor(rehearsal, targetName, keepMs !== undefined);
    const target = options.environment === undefined ? whole : await lent(whole, options.environment);
    if (keepMs !== undefined && !target.keeps) throw cannotKeep(target.name);
    progress = startProgress(context, {
      rehearsal: rehearsal.name,
      target: target.name,
      steps: rehearsal.plan,
    });
    if (targetName === 'auto') progress.onEvent({ type: 'note', message: `target ${target.name}: ${why}` });
    for (const path of rehearsal.outside) progress.onEvent({ type: 'note', message: outsideNote(path) });
    const { result, folder, kept } = await runLogged({
      rehearsal,
      context,
      progress,
      pace,
      keepMs,
      repeat,
      resume: options.resume,
      target,
      outDir: resolve(io.cwd, options.out),
      signal: stop.signal,
      // Everything is down by then: Ctrl-C ends the process, however long the evidence takes.
      onJudging: (runId) => {
        release();
        return judgingLines(runId, (message) => progress?.onEvent({ type: 'note', message }));
      },
    });
    progress.close();
    await printResult(context, result, { runPath: relative(io.cwd, folder.path), json: options.json });
    for (const line of [...pace.lines(), ...keptLines(kept, result.runId)]) out.note(line);
    return exitCodeOfResult(result);
  } finally {
    progress?.close();
    release();
  }
}

/** @throws USAGE where hosts of that target are never lent, HOST_DIED where there is no such environment */
async function lent(whole: Target, id: string): Promise<Target> {
  if (whole.lent) return whole.lent(id);
  throw new RehearsalError('USAGE', `target ${whole.name} lends no hosts`, {
    hint: 'leave --environment out',
  });
}

/** No migration to rehearse is no failure. */
function tellNothingNew({ name, nothingNew = '' }: Rehearsal, json: boolean, { out }: CliContext): number {
  if (json) out.document({ schemaVersion: 1, rehearsal: name, nothingNew });
  else out.result(nothingNew);
  return EXIT.ok;
}

interface LoggedRun {
  readonly rehearsal: Rehearsal;
  readonly context: CliContext;
  readonly progress: Progress;
  readonly pace: Pace;
  readonly keepMs: number | undefined;
  readonly repeat: number;
  readonly resume: string | undefined;
  readonly target: Target;
  readonly outDir: string;
  readonly signal: AbortSignal;
  readonly onJudging: (runId: string) => OnJudging;
}

/** The run with its log: what happens before the run folder is there is kept and logged then. */
async function runLogged(run: LoggedRun): Promise<RunOutcome> {
  const { rehearsal, progress, target, outDir, signal, keepMs, repeat, resume } = run;
  const { runRehearsal } = await import('./run-rehearsal.ts');
  const early: RunEvent[] = [];
  let log: RunLog | undefined;
  let path: string | undefined;
  try {
    return await runRehearsal({
      rehearsal,
      target,
      outDir,
      signal,
      keepMs,
      repeat,
      resume,
      onJudging: run.onJudging,
      cwd: run.context.io.cwd,
      onEvent: (event) => {
        progress.onEvent(event);
        run.pace.onEvent(event);
        if (log) log.log(event);
        else early.push(event);
      },
      onFolder: (folder) => {
        progress.named(basename(folder.path).slice(rehearsal.name.length + 1));
        log = openRunLog(folder.path);
        ({ path } = folder);
        for (const event of early.splice(0)) log.log(event);
      },
    });
  } catch (error) {
    log?.error(error);
    progress.close();
    const report = path === undefined ? undefined : join(path, 'report.html');
    if (report !== undefined && existsSync(report)) {
      run.context.out.note(`what was seen until then: ${relative(run.context.io.cwd, report)}`);
    }
    throw error;
  } finally {
    log?.close();
    if (path !== undefined) await remember(path, run.context);
  }
}
