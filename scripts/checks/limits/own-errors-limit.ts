import { formatCount } from '../../shared/text/format.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { listed } from '../wording.ts';

/** What the app failed with by itself, and what that hides. */
export function ownErrorsLimit({ ownErrors, failures }: Analysis): string[] {
  if (ownErrors.length === 0) return [];
  const kinds = ownErrors.map(
    ({ version, script, sqlstate, count, requests }) =>
      `${version}/${script} ${formatCount(count)} of ${formatCount(requests)} requests with ${sqlstate}`,
  );
  const own = failures.reduce((sum, { own: isOwn, rows }) => sum + (isOwn ? rows.length : 0), 0);
  const since = own === 0 ? 'none' : formatCount(own);
  return [
    `The app failed by itself before the first step: ${listed(kinds)}. By that rate ${since} of the failures since then ${own === 1 ? 'is' : 'are'} its own; a plan that adds too few to be told from them is not seen to add any.`,
  ];
}
