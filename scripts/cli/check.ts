import { relative, resolve } from 'node:path';
import type { Rehearsal } from '../plan/model.ts';
import { rehearsalsIn } from '../plan/read/settings/locate.ts';
import { EXIT, InputError, type Mistake } from '../shared/errors.ts';
import { plural } from '../shared/text/format.ts';
import { examples, type AddVerb, type CliContext } from './context.ts';
import { guessesIn, type Guess } from './guesses.ts';
import { whyLoadIsLate } from './late-load.ts';
import { whyNotHere } from './not-here.ts';
import { outsideNote, readChecked } from './read-checked.ts';
import { ownFolder } from './rehearsal-dir.ts';

export const addCheck: AddVerb = (verb, context, finish) => {
  verb
    .argument('[dir...]', 'rehearsals, or folders of them (default: this folder)')
    .option('--json', 'print the outcome as one JSON document')
    .addHelpText('after', examples('check', 'check rehearsals/*', 'check rename-column --json'))
    .action(async (dirs: string[], { json }: { json?: true }) => {
      finish(await check(dirs, json === true, context));
    });
};

/** What was read without a mistake. */
interface Checked {
  readonly rehearsal: string;
  /** Relative to the caller. */
  readonly dir: string;
  /** Of all plans. */
  readonly steps: number;
  /** Absent where it has one, without a name. */
  readonly plans?: number;
  readonly versions: number;
  readonly scripts: number;
  readonly files: number;
  /** Paths that lie outside its folder, also by a link. */
  readonly outside: readonly string[];
  /** What nobody has looked at since `init --from`; absent where there is none. */
  readonly guesses?: readonly Guess[];
}

async function check(dirs: readonly string[], json: boolean, { io, out }: CliContext): Promise<number> {
  const asked =
    dirs.length === 0 ? [inside(io.cwd)] : dirs.map((dir) => inside(resolve(io.cwd, dir)) ?? [dir]);
  const folders = asked.flatMap((found) => found ?? [ownFolder(io.cwd)]);
  const checked: Checked[] = [];
  const mistakes: Mistake[] = [];
  for (const folder of folders) {
    try {
      const rehearsal = await readChecked(folder, io);
      checked.push(summary(rehearsal, await guessesIn(rehearsal, io.cwd), io.cwd));
      for (const note of [rehearsal.nothingNew, ...(rehearsal.notes ?? [])])
        if (note !== undefined) out.note(`${relative(io.cwd, rehearsal.dir) || '.'}: ${note}`);
      for (const not of await whyNotHere(rehearsal, io.env['REHEARSE_TARGET']))
        out.note(`${relative(io.cwd, rehearsal.dir) || '.'} would not start here: ${not}`);
      const late = await whyLoadIsLate(rehearsal, io.env['REHEARSE_TARGET'], io.cwd);
      if (late !== undefined) out.note(`${relative(io.cwd, rehearsal.dir) || '.'}: ${late}`);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      mistakes.push(...error.mistakes);
    }
  }
  if (json) out.document({ schemaVersion: 1, ok: mistakes.length === 0, checked, mistakes });
  else
    for (const each of checked) {
      out.result(sentence(each));
      for (const path of each.outside) out.note(`${each.dir} ${outsideNote(path)}`);
      for (const { file, line, guess } of each.guesses ?? [])
        out.note(`${file}:${line} is a guess: ${guess}`);
    }
  if (mistakes.length === 0) return EXIT.ok;
  if (json) return EXIT.usage;
  throw new InputError(mistakes);
}

/** A folder that is no rehearsal stands for all that lie in it; undefined where none do. */
function inside(folder: string): readonly string[] | undefined {
  const found = rehearsalsIn(folder);
  return found.length === 0 ? undefined : found;
}

function summary(
  { name, dir, plan, plans, load, files, outside }: Rehearsal,
  guesses: readonly Guess[],
  cwd: string,
): Checked {
  const scripts = load.versions.reduce((sum, version) => sum + version.scripts.length, 0);
  return {
    rehearsal: name,
    dir: relative(cwd, dir) || '.',
    steps: plans?.reduce((sum, { steps }) => sum + steps.length, 0) ?? plan.length,
    ...(plans && { plans: plans.length }),
    versions: load.versions.length,
    scripts,
    files: files.length,
    outside,
    ...(guesses.length > 0 && { guesses }),
  };
}

function sentence({ dir, rehearsal, steps, plans, versions, scripts, files }: Checked): string {
  const load = `${plural(scripts, 'workload script')} of ${plural(versions, 'app version')}`;
  const of = plans === undefined ? '' : ` of ${plural(plans, 'plan')}`;
  return `ok  ${dir} (${rehearsal}): ${plural(steps, 'step')}${of}, ${load}, ${plural(files, 'file')}`;
}
