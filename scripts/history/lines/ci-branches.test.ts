import { expect, test } from 'vitest';
import { ciBranches } from './ci-branches.ts';

const PULL = { GITHUB_REF: 'refs/pull/12/merge', GITHUB_REF_NAME: '12/merge', GITHUB_HEAD_REF: 'main' };
const MERGE = { CI_MERGE_REQUEST_IID: '7', CI_COMMIT_REF_NAME: 'main' };

test.each([
  ['a pull request', { ...PULL, GITHUB_BASE_REF: 'next' }, 'pull/12', 'next'],
  ['one that runs in its base', { GITHUB_REF: 'refs/heads/next', GITHUB_BASE_REF: 'next' }, null, 'next'],
  [
    'a branch of GitHub',
    { GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'main', GITHUB_BASE_REF: '' },
    'main',
    'main',
  ],
  ['a tag of GitHub', { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1', GITHUB_BASE_REF: '' }, null, null],
  ['a merge request', { ...MERGE, CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'next' }, 'merge_requests/7', 'next'],
  ['a branch of GitLab', { CI_COMMIT_BRANCH: 'main' }, 'main', 'main'],
  ['no job at all', {}, null, null],
])('of %s the branch and its base are known, whatever a fork calls its own', (_, env, own, base) => {
  expect(ciBranches(env)).toEqual({ own, base });
});
