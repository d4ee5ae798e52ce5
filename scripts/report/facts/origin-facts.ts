import type { Result } from '../../checks/result/contract/result.ts';

const SHORT_COMMIT = 10;

/** `commit 1a2b3c4d on next, changed since`; empty where no commit is known. */
export function commitText({ origin }: Result): string {
  if (origin?.commit == null) return '';
  const where = origin.branch === null ? '' : ` on ${origin.branch}`;
  const changed = origin.isDirty === true ? ', changed since' : '';
  return `commit ${origin.commit.slice(0, SHORT_COMMIT)}${where}${changed}`;
}

/** Where the plan came from, in one line; empty for runs that did not say. */
export function originText({ origin }: Result): string {
  if (origin === undefined) return '';
  const { machine, commit, branch, isDirty } = origin;
  const from = `rehearsed from ${machine}`;
  if (commit === null) return `no commit is known; ${from}`;
  const where = branch === null ? '' : ` on ${branch}`;
  return `commit ${commit}${where}${isDirty === true ? ', with changes that are not in it' : ''}; ${from}`;
}
