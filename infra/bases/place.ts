import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { parseSizeBytes } from '../../scripts/shared/text/quantities.ts';
import { RehearsalError } from '../../scripts/shared/errors.ts';

const DEFAULT_BYTES = 20 * 1024 ** 3;

/** Where bases are kept, and how much room they may take. */
export interface Place {
  readonly dir: string;
  readonly mostBytes: number;
}

/**
 * `REHEARSE_BASES`: a folder, or `off`; else below the user's cache. `REHEARSE_BASES_MAX`: a size, such as 50GB.
 * @returns undefined where there shall be none
 * @throws USAGE
 */
export function basesPlace(env: NodeJS.ProcessEnv): Place | undefined {
  const named = env['REHEARSE_BASES'] ?? '';
  if (named === 'off') return undefined;
  if (named !== '' && !isAbsolute(named))
    throw new RehearsalError('USAGE', `REHEARSE_BASES=${named} is not an absolute path, nor off`);
  const cache = env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const most = env['REHEARSE_BASES_MAX'];
  const mostBytes = most === undefined ? DEFAULT_BYTES : parseSizeBytes(most);
  if (mostBytes === undefined)
    throw new RehearsalError('USAGE', `REHEARSE_BASES_MAX=${most ?? ''} is not a size; write 20GB`);
  return { dir: named === '' ? join(cache, 'dress-rehearsal', 'bases') : named, mostBytes };
}
