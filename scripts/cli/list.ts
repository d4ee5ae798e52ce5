import { relative, resolve } from 'node:path';
import type { Leftover } from '../../infra/contract/target.ts';
import { listRuns, type RunSummary } from '../history/list-runs.ts';
import { EXIT, RehearsalError } from '../shared/errors.ts';
import { formatMs } from '../shared/text/format.ts';
import { examples, type AddVerb, type CliContext } from './context.ts';
import { leftoverRecord, sweepAll, unseenLine } from './leftovers.ts';
import { plainText } from './output/plain-text.ts';
import { tableLines } from './output/table-lines.ts';
import { defaultRuns } from '../shared/places/user-project.ts';

interface ListOptions {
  readonly out: string;
  readonly json?: true;
}

export const addList: AddVerb = (verb, context, finish) => {
  verb
    .option('--out <dir>', 'folder of run folders', defaultRuns(context.io.cwd))
    .option('--json', 'print the list as one JSON document')
    .addHelpText('after', examples('list', 'list --out /srv/runs --json'))
    .action(async (options: ListOptions) => {
      finish(await list(options, context));
    });
};

async function list(options: ListOptions, { io, out }: CliContext): Promise<number> {
  const { runs, notFiles } = await listRuns(resolve(io.cwd, options.out));
  const { found: alive, unseen } = await sweepAll(io);
  if (options.json) {
    const records = runs.map((run) => ({ ...run, path: relative(io.cwd, run.path) }));
    const couldNotLook = unseen.length === 0 ? {} : { couldNotLook: unseen };
    out.document({ schemaVersion: 1, runs: records, alive: alive.map(leftoverRecord), ...couldNotLook });
    return ending(notFiles, io.cwd);
  }
  if (runs.length === 0) out.note(`no runs in ${options.out}; rehearse run makes one`);
  else printRuns(runs, { io, out });
  for (const leftover of alive) out.result(aliveLine(leftover));
  for (const one of unseen) out.problem(unseenLine(one));
  return ending(notFiles, io.cwd);
}

/** @throws RUN_INVALID where something in the place of a run's file is none */
function ending(notFiles: readonly string[], cwd: string): number {
  if (notFiles.length === 0) return EXIT.ok;
  const message = notFiles.map((path) => `${relative(cwd, path)} is not a file`).join('\n');
  throw new RehearsalError('RUN_INVALID', message, {
    hint: 'remove it: no run of this tool leaves such a thing',
  });
}

function printRuns(runs: readonly RunSummary[], { io, out }: Pick<CliContext, 'io' | 'out'>): void {
  const rows = runs.map((run) => [
    run.runId,
    run.verdict ?? (run.outcome === 'running' ? 'unfinished' : run.outcome),
    run.durationMs === null ? '–' : formatMs(run.durationMs),
    plainText(run.worstFinding ?? '').replaceAll('\n', ' '),
  ]);
  const header = ['RUN', 'VERDICT', 'DURATION', 'WORST FINDING'];
  const width = io.stdoutIsTTY === true ? io.columns : Infinity;
  for (const line of tableLines([header, ...rows], width)) out.result(line);
}

function aliveLine({ runId, target, what, inUse, expiresAt }: Leftover): string {
  const until = expiresAt === null ? '' : `, until ${expiresAt} at most`;
  const hint = inUse ? `in use${until}` : 'left behind; rehearse reap --execute removes it';
  return `alive  ${runId}  ${target}  ${what}  (${hint})`;
}
