import { basename, relative, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { z, ZodError } from 'zod';
import { RunFolder } from '../artifacts/run-folder.ts';
import { asError, RehearsalError } from '../shared/errors.ts';
import { examples, type AddVerb, type CliContext } from './context.ts';
import { exitCodeOfResult } from './output/exit-code.ts';
import { judgingLines } from './output/judging-lines.ts';
import { printResult } from './output/print-result.ts';
import { defaultRuns } from '../shared/places/user-project.ts';

interface ReportOptions {
  readonly json?: true;
  readonly out: string;
}

export const addReport: AddVerb = (verb, context, finish) => {
  verb
    .argument('<run>', 'run folder, or the id of a run under --out')
    .option('--out <dir>', 'folder of run folders', defaultRuns(context.io.cwd))
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      examples('report runs/rename-column-20261122-021407-9f3a', 'report <run> --json | jq .verdict'),
    )
    .action(async (run: string, options: ReportOptions) => {
      finish(await report(run, options, context));
    });
};

async function report(run: string, options: ReportOptions, context: CliContext): Promise<number> {
  const { cwd } = context.io;
  const path = [resolve(cwd, run), resolve(cwd, options.out, run)].find((candidate) => existsSync(candidate));
  const folder = RunFolder.open(path ?? run);
  const [{ judge }, { writeReports }] = await Promise.all([
    import('../checks/judge.ts'),
    import('../report/write.ts'),
  ]);
  const judged = await judgeable(folder, async () => {
    const found = await judge(
      folder,
      judgingLines(basename(folder.path), (line) => {
        context.out.note(line);
      }),
    );
    await writeReports(found);
    return found;
  });
  const { result } = judged;
  await printResult(context, result, { runPath: relative(cwd, folder.path), json: options.json });
  return exitCodeOfResult(result);
}

/** Evidence that is as the run left it can be judged; of any other, nobody knows what is in it. */
async function judgeable<T>(folder: RunFolder, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const error = asError(thrown);
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof RehearsalError) throw error;
    const isSealed = (await folder.readDocument('run').catch(() => undefined))?.seal !== undefined;
    if (isSealed && typeof code !== 'string') throw error;
    const [first = ''] = (error instanceof ZodError ? z.prettifyError(error) : error.message).split('\n');
    throw new RehearsalError('RUN_INVALID', `${folder.path} cannot be judged: ${first}`, {
      hint: 'rehearse the plan again; its folder must hold what the run left, and be writable',
      cause: thrown,
    });
  }
}
