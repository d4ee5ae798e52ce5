import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { countedRegressions, diffRuns, type RunDiff } from '../../history/compare/diff.ts';
import { lastGood } from '../../history/compare/window.ts';
import { ciBranches } from '../../history/lines/ci-branches.ts';
import { findRun, knownRuns } from '../../history/lines/known-runs.ts';
import type { History } from '../../history/lines/history-file.ts';
import type { RunLine } from '../../history/lines/history-line.ts';
import { EXIT, RehearsalError } from '../../shared/errors.ts';
import { examples, type AddVerb, type CliContext } from '../context.ts';
import type { Io } from '../output/io.ts';
import { plainText } from '../output/plain-text.ts';
import { tableLines } from '../output/table-lines.ts';
import { defaultRuns } from '../../shared/places/user-project.ts';

interface DiffOptions {
  readonly out: string;
  readonly rehearsal?: string;
  readonly json?: true;
  readonly html?: string;
}

export const addDiff: AddVerb = (verb, context, finish) => {
  verb
    .argument('[before]', 'run folder or id (default: the last run that passed with the same plan)')
    .argument('[after]', 'run folder or id (default: the last run)')
    .option('--rehearsal <name>', 'of which rehearsal, where no run is named')
    .option('--out <dir>', 'folder of run folders', defaultRuns(context.io.cwd))
    .option('--json', 'print the comparison as one JSON document')
    .option('--html <file>', 'write it as a page')
    .addHelpText(
      'after',
      examples('diff', 'diff --rehearsal rename-column', 'diff <run> <run> --html diff.html'),
    )
    .action(async (before: string | undefined, after: string | undefined, options: DiffOptions) => {
      finish(await diff([before, after], options, context));
    });
};

async function diff(
  asked: readonly (string | undefined)[],
  options: DiffOptions,
  context: CliContext,
): Promise<number> {
  const { io, out } = context;
  const history = await knownRuns(resolve(io.cwd, options.out));
  for (const problem of history.problems) out.note(problem);
  const [before, after] = await theTwo(asked, options, { history, cwd: io.cwd, env: io.env });
  const found = diffRuns(before, after, history.runs);
  if (options.html !== undefined) {
    const { renderDiff } = await import('../../history/render/diff-page.tsx');
    await writeFile(resolve(io.cwd, options.html), renderDiff(found));
    out.note(`written to ${options.html}`);
  }
  if (options.json) out.document({ schemaVersion: 1, ...found });
  else await print(found, context);
  return countedRegressions(found).length === 0 ? EXIT.ok : EXIT.failed;
}

async function print(found: RunDiff, { out }: CliContext): Promise<void> {
  const { endLines, figureRows, headLines } = await import('../../history/render/diff-text.ts');
  const lines = [...headLines(found), '', ...tableLines(figureRows(found)), '', ...endLines(found)];
  for (const line of lines) out.result(plainText(line));
}

/** One alone is held against the last good one before it. */
async function theTwo(
  [first, second]: readonly (string | undefined)[],
  { rehearsal, out }: DiffOptions,
  { history, cwd, env }: { history: History } & Pick<Io, 'cwd' | 'env'>,
): Promise<[RunLine, RunLine]> {
  if (first !== undefined && second !== undefined)
    return [await findRun(first, history, cwd), await findRun(second, history, cwd)];
  const after = first === undefined ? lastOf(history, rehearsal, out) : await findRun(first, history, cwd);
  const before = lastGood(history.runs, after, ciBranches(env).base);
  if (before !== undefined) return [before.line, after];
  throw new RehearsalError(
    'RUN_NOT_FOUND',
    `no earlier run of ${after.rehearsal} passed with the plan of ${after.runId}`,
    {
      hint: 'name both runs: rehearse diff <before> <after>; rehearse list shows them',
    },
  );
}

function lastOf({ runs }: History, rehearsal: string | undefined, out: string): RunLine {
  const last = runs.findLast((run) => rehearsal === undefined || run.rehearsal === rehearsal);
  if (last !== undefined) return last;
  const of = rehearsal === undefined ? '' : ` of ${rehearsal}`;
  throw new RehearsalError('RUN_NOT_FOUND', `there is no run${of} in ${out}, and none in its history`, {
    hint: 'rehearse run makes one; --out names another folder of runs',
  });
}
