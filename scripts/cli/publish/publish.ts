import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { readResult } from '../../checks/result/contract/former-names.ts';
import type { Result } from '../../checks/result/contract/result.ts';
import { diffRuns } from '../../history/compare/diff.ts';
import { lastGood } from '../../history/compare/window.ts';
import { ciBranches } from '../../history/lines/ci-branches.ts';
import { findRun, knownRuns } from '../../history/lines/known-runs.ts';
import type { History } from '../../history/lines/history-file.ts';
import { locateRehearsal } from '../../plan/read/settings/locate.ts';
import type { Publication } from '../../publish/publication.ts';
import { isSurface, SURFACES, type SurfaceName } from '../../publish/surfaces.ts';
import { sleep } from '../../shared/clock.ts';
import { EXIT, RehearsalError } from '../../shared/errors.ts';
import { registerSecret } from '../../shared/text/redact.ts';
import { examples, type AddVerb, type CliContext } from '../context.ts';
import { defaultRuns, repositoryOf } from '../../shared/places/user-project.ts';

interface PublishOptions {
  readonly to: readonly string[];
  readonly out: string;
  readonly dir?: string;
  readonly file?: string;
  readonly request?: string;
  readonly reportUrl?: string;
  readonly dryRun?: true;
}

const PLACES = Object.entries(SURFACES).map(([name, { what }]) => `  ${name.padEnd(13)}  ${what}`);

export const addPublish: AddVerb = (verb, context, finish) => {
  verb
    .argument('[run]', 'run folder or id (default: the last run)')
    .requiredOption('--to <place...>', 'where; several are possible')
    .option('--dry-run', 'print what would be told')
    .option('--file <path>', 'the file to write (default: in the run folder)')
    .option('--request <number>', 'pull or merge request, where the job does not tell it')
    .option('--report-url <url>', 'where the report can be opened')
    .option('--dir <dir>', 'folder of the rehearsal (default: found by its name)')
    .option('--out <dir>', 'folder of run folders', defaultRuns(context.io.cwd))
    .addHelpText('after', `\nPlaces:\n${PLACES.join('\n')}`)
    .addHelpText(
      'after',
      examples('publish --to github-pr step-summary', 'publish <run> --to sarif --file r.sarif'),
    )
    .action(async (run: string | undefined, options: PublishOptions) => {
      finish(await publishRun(run, options, context));
    });
};

async function publishRun(
  run: string | undefined,
  options: PublishOptions,
  context: CliContext,
): Promise<number> {
  const { io, out } = context;
  const names = surfacesOf(options);
  for (const name of ['GITHUB_TOKEN', 'GITLAB_TOKEN']) registerSecret(io.env[name] ?? '');
  const outDir = resolve(io.cwd, options.out);
  const history = await knownRuns(outDir);
  const runFolder = await folderOf(run, history, { outDir, cwd: io.cwd });
  const publication = await publicationOf(runFolder, history, { options, io });
  const { publish } = await import('../../publish/publish.ts');
  await publish(publication, names, {
    env: io.env,
    fetch: globalThis.fetch,
    sleep,
    runFolder,
    request: options.request,
    file: options.file === undefined ? undefined : resolve(io.cwd, options.file),
    isDryRun: options.dryRun === true,
    print: (text) => {
      out.result(text);
    },
    note: (line) => {
      out.note(line);
    },
  });
  return EXIT.ok;
}

/** @throws USAGE naming every place that is not known */
function surfacesOf({ to, file }: PublishOptions): SurfaceName[] {
  const unknown = to.filter((name) => !isSurface(name));
  if (unknown.length > 0) {
    throw new RehearsalError('USAGE', `--to ${unknown.join(' ')}: no such place`, {
      hint: `it is one or more of ${Object.keys(SURFACES).join(', ')}`,
    });
  }
  if (file !== undefined && to.length > 1) {
    throw new RehearsalError('USAGE', '--file is for one place, and --to names several', {
      hint: 'publish them one after the other',
    });
  }
  return to.filter(isSurface);
}

/** @throws RUN_NOT_FOUND where there is none, or nothing was judged in it */
async function folderOf(
  run: string | undefined,
  history: History,
  { outDir, cwd }: { outDir: string; cwd: string },
): Promise<string> {
  const last = history.runs.findLast(({ runId }) => existsSync(join(outDir, runId, 'result.json')));
  const candidates = run === undefined ? [] : [resolve(cwd, run), join(outDir, run)];
  const runId = run === undefined ? last?.runId : (await findRun(run, history, cwd)).runId;
  if (runId !== undefined) candidates.push(join(outDir, runId));
  const found = candidates.find((path) => existsSync(join(path, 'result.json')));
  if (found !== undefined) return found;
  throw new RehearsalError(
    'RUN_NOT_FOUND',
    `${run ?? 'the folder of runs'} has no result.json: nothing to publish`,
    {
      hint: 'rehearse run makes one; --out names another folder of runs',
    },
  );
}

async function publicationOf(
  runFolder: string,
  history: History,
  { options, io: { cwd, env } }: { options: PublishOptions; io: CliContext['io'] },
): Promise<Publication> {
  const result = await resultOf(runFolder);
  const line = await findRun(runFolder, history, cwd);
  const before = lastGood(history.runs, line, ciBranches(env).base);
  return {
    result,
    against: before && { diff: diffRuns(before.line, line, history.runs), whose: before.whose },
    notes: history.notes.filter(({ runId }) => runId === result.runId),
    reportUrl: options.reportUrl ?? null,
    dir: inRepository(result, options, cwd),
  };
}

/** A result may come from another job: it is data, and looked at before it is used. */
async function resultOf(runFolder: string): Promise<Result> {
  const path = join(runFolder, 'result.json');
  const text = await readFile(path, 'utf8');
  const document = await Promise.resolve(text)
    .then((json) => JSON.parse(json) as unknown)
    .catch(() => undefined);
  const result = readResult(document);
  if (result !== undefined) return result;
  throw new RehearsalError('RUN_INVALID', `${path} is not the result of a run`, {
    hint: 'rehearse report <run> makes it again from the evidence',
  });
}

/** The rehearsal's folder as its repository names it. */
function inRepository({ rehearsal }: Result, { dir }: PublishOptions, cwd: string): string {
  const folder = dir === undefined ? byName(rehearsal, cwd) : resolve(cwd, dir);
  return folder === undefined
    ? ''
    : relative(repositoryOf(folder) ?? cwd, folder)
        .split(sep)
        .join('/');
}

function byName(rehearsal: string, cwd: string): string | undefined {
  try {
    return locateRehearsal(rehearsal, cwd).dir;
  } catch {
    return undefined;
  }
}
