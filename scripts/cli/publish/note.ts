import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { appendHistory } from '../../history/lines/history-file.ts';
import { findRun, knownRuns } from '../../history/lines/known-runs.ts';
import { NOTES_FILE } from '../../report/notes.ts';
import { EXIT, RehearsalError } from '../../shared/errors.ts';
import { redact } from '../../shared/text/redact.ts';
import { examples, type AddVerb, type CliContext } from '../context.ts';
import { defaultRuns } from '../../shared/places/user-project.ts';

const MOST_CHARACTERS = 2000;

interface NoteOptions {
  readonly by?: string;
  readonly out: string;
}

export const addNote: AddVerb = (verb, context, finish) => {
  verb
    .argument('<run>', 'run folder or id')
    .argument('<text>', 'such as "accepted: the table is empty in production"')
    .option('--by <name>', 'who says so (default: the user)')
    .option('--out <dir>', 'folder of run folders', defaultRuns(context.io.cwd))
    .addHelpText('after', examples('note <run> "accepted because the table is small" --by ann'))
    .action(async (run: string, text: string, options: NoteOptions) => {
      finish(await note(run, text, options, context));
    });
};

async function note(
  run: string,
  text: string,
  options: NoteOptions,
  { io, out }: CliContext,
): Promise<number> {
  const said = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  if (said === '' || said.length > MOST_CHARACTERS) {
    throw new RehearsalError(
      'USAGE',
      `a note has 1 to ${MOST_CHARACTERS} characters, this one ${said.length}`,
      {
        hint: 'rehearse note <run> "accepted because …" --by <name>',
      },
    );
  }
  const outDir = resolve(io.cwd, options.out);
  const { runId } = await findRun(run, await knownRuns(outDir), io.cwd);
  const by = (options.by ?? userInfo().username).trim();
  const at = new Date().toISOString();
  const own = { schemaVersion: 1, kind: 'note', runId, at, by, text: redact(said) } as const;
  await appendHistory(outDir, [own]);
  for (const path of [resolve(io.cwd, run), join(outDir, runId)].filter(isRun).slice(0, 1)) {
    await appendFile(join(path, NOTES_FILE), `${JSON.stringify(own)}\n`);
    const { renderAgain } = await import('../../report/render-again.ts');
    await renderAgain(path);
  }
  out.result(`noted with ${runId}`);
  return EXIT.ok;
}

function isRun(path: string): boolean {
  return existsSync(join(path, 'result.json')) && existsSync(join(path, 'artifacts', 'run.json'));
}
