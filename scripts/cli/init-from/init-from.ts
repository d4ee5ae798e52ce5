import { relative } from 'node:path';
import { EXIT } from '../../shared/errors.ts';
import { plural } from '../../shared/text/format.ts';
import type { CliContext } from '../context.ts';
import { abortOnSignals } from '../run/interrupt.ts';
import { readAsked, type Asked, type InitFromOptions } from './ask.ts';
import { asDraft, writeFiles } from './draft.ts';
import { filesOf } from './files-of.ts';
import { look } from './look.ts';

/**
 * Writes a rehearsal of the newest migrations of a folder.
 * @param root absolute: where `rehearsals/` lies or will lie
 * @throws InputError with every mistake, and what `look` throws; nothing is written then
 */
export async function initFrom(
  name: string | undefined,
  options: InitFromOptions,
  root: string,
  context: CliContext,
): Promise<number> {
  const { io, out } = context;
  const asked = await readAsked(name, options, { cwd: io.cwd, root, env: io.env });
  out.note(
    `${plural(asked.earlier.length + asked.steps.length, 'migration')} of ${asked.tool ?? 'no known tool'} in ${asked.shown}`,
  );
  const stop = new AbortController();
  const release = abortOnSignals(context, stop, () => undefined);
  try {
    const found = await look(asked, io.cwd, stop.signal);
    // The traffic of a plan by migrations stays on the first version.
    const looked = asked.since === undefined ? found : { ...found, new: [] };
    await asDraft(asked.dir, (draft) => writeFiles(draft, filesOf(asked, looked)));
    for (const note of [...asked.notes, ...looked.notes]) out.note(note);
    tell(asked, context);
    return EXIT.ok;
  } finally {
    release();
  }
}

function tell({ dir, steps }: Asked, { io, out }: CliContext): void {
  const shown = relative(io.cwd, dir);
  out.note(`rehearses ${steps.map(({ name }) => name).join(', ')}`);
  out.result(`wrote ${shown}`);
  out.note(`next: rehearse run ${shown}; rehearse check ${shown} lists what is guessed`);
}
