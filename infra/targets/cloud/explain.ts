import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { UNCLEAR_HINT } from '../../clouds/api.ts';
import type { EngineDiagnostic } from '../../contract/diagnostic.ts';

const TYPE = /^rehearsal:index:Cloud/;
const HINT = '\nhint: ';
/** The engine makes a list of several reasons: `3 errors occurred:`, and each behind an asterisk. */
const LIST = /^\s*\d+ errors? occurred:\s*\n/;

/** What a resource of a cloud said; undefined where it was none. */
export function explainedBy(
  title: string,
  { resourceType, message }: EngineDiagnostic,
): RehearsalError | undefined {
  if (!TYPE.test(resourceType)) return undefined;
  const [text = '', ...hints] = plain(message).split(HINT);
  const hint = hints.at(-1)?.trim();
  const what = text.trim();
  const code = hint === UNCLEAR_HINT ? 'CLOUD_UNCLEAR' : 'CLOUD_REFUSED';
  return new RehearsalError(code, what.includes(title) ? what : `${title}: ${what}`, {
    ...(hint === undefined ? {} : { hint }),
  });
}

function plain(message: string): string {
  return LIST.test(message) ? message.replace(LIST, '').replaceAll(/^\s*\* /gm, '') : message;
}
