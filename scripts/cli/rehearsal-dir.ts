import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { REHEARSAL_FILE, rehearsalsNear } from '../plan/read/settings/locate.ts';
import { RehearsalError } from '../shared/errors.ts';

/**
 * What a verb takes without a word about which rehearsal: the caller's own folder when it is one, or the only one of their
 * project. Nothing is guessed.
 * @throws USAGE that lists what there is
 */
export function ownFolder(cwd: string): string {
  if (existsSync(join(cwd, REHEARSAL_FILE))) return cwd;
  const [only, ...others] = rehearsalsNear(cwd);
  if (only !== undefined && others.length === 0) return only;
  const near = rehearsalsNear(cwd)
    .map((dir) => basename(dir))
    .join(', ');
  throw new RehearsalError('USAGE', `which rehearsal? ${cwd} has no ${REHEARSAL_FILE}`, {
    hint: near === '' ? 'name its folder, or make one with rehearse init <name>' : `name one of ${near}`,
  });
}
