import { relative, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { RunFolder } from '../artifacts/run-folder.ts';
import { examples, type AddVerb, type CliContext } from './context.ts';
import { exitCodeOfResult } from './exit-code.ts';
import { printResult } from './print-result.ts';

interface ReportOptions {
  readonly json?: true;
  readonly out: string;
}

export const addReport: AddVerb = (program, context, finish) => {
  program
    .command('report')
    .description('judge a run again from its folder and write its reports; needs no database')
    .argument('<run>', 'run folder, or the id of a run under --out')
    .option('--out <dir>', 'folder of run folders', 'runs')
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
  const judged = await judge(folder);
  const { result } = judged;
  await writeReports(judged);
  await printResult(context, result, { runPath: relative(cwd, folder.path), json: options.json });
  return exitCodeOfResult(result);
}
