import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { pruneRuns } from '../../history/keep/prune.ts';
import { appendHistory } from '../../history/lines/history-file.ts';
import { findRun, knownRuns } from '../../history/lines/known-runs.ts';
import { mergeHistory } from '../../history/lines/merge.ts';
import { EXIT, RehearsalError } from '../../shared/errors.ts';
import { plural } from '../../shared/text/format.ts';
import { examples, type AddVerb, type CliContext } from '../context.ts';
import { deadRuns } from './dead-runs.ts';
import { keepRule, withKeepOptions, type KeepOptions } from './keep-rule.ts';
import { defaultRuns } from '../../shared/places/user-project.ts';

interface OutOption {
  readonly out: string;
}

export const addHistory: AddVerb = (history, context, finish) => {
  history.addHelpText('after', examples('history merge artifacts/*', 'history prune', 'history pin <run>'));
  const verb = (name: string, description: string): Command =>
    history
      .command(name)
      .description(description)
      .option('--out <dir>', 'folder of run folders', defaultRuns(context.io.cwd));
  verb('merge', 'add the history of other machines, such as the artifacts of CI jobs')
    .argument('<source...>', 'history files, run folders, or folders of them')
    .addHelpText('after', examples('history merge artifacts/*/history.ndjson', 'history merge artifacts/*'))
    .action(async (sources: string[], options: OutOption) => {
      finish(await merge(sources, options, context));
    });
  withKeepOptions(verb('prune', 'show which run folders the rule does not keep; with --execute remove them'))
    .option('--execute', 'remove them; their lines in the history stay')
    .addHelpText('after', examples('history prune', 'history prune --keep-runs 10 --execute'))
    .action(async (options: OutOption & KeepOptions & { execute?: true }) => {
      finish(await prune(options, context));
    });
  verb('page', 'write index.html: all rehearsals, their last verdicts and trends on one page')
    .addHelpText('after', examples('history page'))
    .action(async (options: OutOption) => {
      finish(await page(options, context));
    });
  for (const [name, pinned] of [
    ['pin', true],
    ['unpin', false],
  ] as const) {
    verb(name, pinned ? 'keep the folder of a run, whatever the rule says' : 'let the rule decide again')
      .argument('<run>', 'run folder or id')
      .addHelpText('after', examples(`history ${name} <run>`))
      .action(async (run: string, options: OutOption) => {
        finish(await pin(run, pinned, options, context));
      });
  }
};

async function merge(
  sources: readonly string[],
  options: OutOption,
  { io, out }: CliContext,
): Promise<number> {
  const missing = sources.filter((source) => !existsSync(resolve(io.cwd, source)));
  if (missing.length > 0) {
    throw new RehearsalError('USAGE', missing.map((source) => `${source} is not there`).join('\n'), {
      hint: 'name history files, run folders, or folders of them',
    });
  }
  const outDir = resolve(io.cwd, options.out);
  await mkdir(outDir, { recursive: true });
  const { added, known, problems } = await mergeHistory(
    outDir,
    sources.map((source) => resolve(io.cwd, source)),
  );
  for (const problem of problems) out.note(problem);
  out.result(`${plural(added, 'line')} added to ${options.out}/history.ndjson, ${known} known before`);
  return EXIT.ok;
}

async function prune(
  options: OutOption & KeepOptions & { execute?: true },
  { io, out }: CliContext,
): Promise<number> {
  const execute = options.execute === true;
  const rule = keepRule(options);
  const pruning = { rule, dead: deadRuns, execute, nowMs: Date.now() };
  const found = await pruneRuns(resolve(io.cwd, options.out), pruning);
  for (const name of found.others)
    out.note(`left alone  ${name}: it is not the folder of a run that is over`);
  for (const runId of found.removed) out.result(`${execute ? 'removed' : 'would go'}  ${runId}`);
  for (const failure of found.failures) out.problem(failure);
  if (found.removed.length === 0) out.result('nothing to remove');
  return found.failures.length === 0 ? EXIT.ok : EXIT.infra;
}

async function pin(
  run: string,
  pinned: boolean,
  options: OutOption,
  { io, out }: CliContext,
): Promise<number> {
  const outDir = resolve(io.cwd, options.out);
  const { runId } = await findRun(run, await knownRuns(outDir), io.cwd);
  const at = new Date().toISOString();
  await appendHistory(outDir, [{ schemaVersion: 1, kind: 'pin', runId, at, pinned }]);
  out.result(`${runId} ${pinned ? 'stays' : 'goes when the rule says so'}`);
  return EXIT.ok;
}

async function page(options: OutOption, { io, out }: CliContext): Promise<number> {
  const outDir = resolve(io.cwd, options.out);
  await mkdir(outDir, { recursive: true });
  const { writeIndex } = await import('../../history/index-page/write.ts');
  out.result(`written to ${relative(io.cwd, await writeIndex(outDir, new Date()))}`);
  return EXIT.ok;
}
