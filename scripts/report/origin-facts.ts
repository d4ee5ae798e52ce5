import type { Result } from '../checks/result/result.ts';

/** Where the plan came from, in one line; empty for runs that did not say. */
export function originText({ origin }: Result): string {
  if (origin === undefined) return '';
  const { machine, commit, branch, isDirty } = origin;
  const from = `rehearsed from ${machine}`;
  if (commit === null) return `no commit is known; ${from}`;
  const where = branch === null ? '' : ` on ${branch}`;
  return `commit ${commit}${where}${isDirty === true ? ', with changes that are not in it' : ''}; ${from}`;
}
