import { relative } from 'node:path';
import { readWhole } from '../../scripts/load/read-whole.ts';
import type { Rehearsal } from '../../scripts/plan/model.ts';
import { targetsInto } from '../../scripts/plan/read/settings/read-targets.ts';
import { InputError, RehearsalError, type Mistake } from '../../scripts/shared/errors.ts';
import { PROJECT_ROOT } from '../project-root.ts';

/**
 * Reads every rehearsal of the stack as `rehearse check` would; starts nothing.
 * @param targets JSON as under `targets`, without a mistake
 */
export async function readRehearsals(
  names: readonly string[],
  targets: string | undefined,
): Promise<{ rehearsals: Rehearsal[]; mistakes: Mistake[] }> {
  const env = targetsInto(process.env, targets);
  const rehearsals: Rehearsal[] = [];
  const mistakes: Mistake[] = [];
  for (const name of names) {
    try {
      const rehearsal = await readWhole(name, { cwd: PROJECT_ROOT, env });
      const twin = rehearsals.find((other) => other.name === rehearsal.name);
      if (twin) throw sameName(rehearsal.name, twin.dir, rehearsal.dir);
      rehearsals.push(rehearsal);
    } catch (error) {
      if (!(error instanceof RehearsalError)) throw error;
      mistakes.push(...mistakesOf(error));
    }
  }
  return { rehearsals, mistakes };
}

function mistakesOf(error: RehearsalError): readonly Mistake[] {
  if (error instanceof InputError) return error.mistakes;
  const message = error.hint === undefined ? error.message : `${error.message}; ${error.hint}`;
  return [{ file: 'stack config', key: 'rehearsals', message }];
}

/** Their resources would have the same name. */
function sameName(name: string, ...dirs: readonly string[]): RehearsalError {
  const folders = dirs.map((dir) => relative(PROJECT_ROOT, dir)).join(' and ');
  return new RehearsalError('CONFIG_INVALID', `${folders} are both named ${name}`);
}
