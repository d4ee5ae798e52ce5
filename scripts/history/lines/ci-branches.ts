type Environment = Readonly<Record<string, string | undefined>>;

/** What a job of GitHub or GitLab is about. */
interface CiBranches {
  /** What is checked out; `pull/12` for a request, whose own branch may be called as it likes, `main` too. */
  readonly own: string | null;
  /** Where a request is to go, else the branch itself: what is good there is what a run is held against. */
  readonly base: string | null;
}

/**
 * The branches of a CI job, which checks a commit out and no branch. Both null outside of one, and for a tag.
 * Names as in docs.github.com/actions (variables) and docs.gitlab.com/ci/variables (predefined_variables).
 */
export function ciBranches(env: Environment): CiBranches {
  return ofGitHub(env) ?? ofGitLab(env) ?? { own: null, base: null };
}

function ofGitHub(env: Environment): CiBranches | undefined {
  const request = /^refs\/(pull\/\d+)\//.exec(env['GITHUB_REF'] ?? '')?.[1];
  const base = told(env['GITHUB_BASE_REF']);
  if (request !== undefined || base !== null) return { own: request ?? null, base };
  const branch = env['GITHUB_REF_TYPE'] === 'branch' ? told(env['GITHUB_REF_NAME']) : null;
  return branch === null ? undefined : { own: branch, base: branch };
}

function ofGitLab(env: Environment): CiBranches | undefined {
  const request = told(env['CI_MERGE_REQUEST_IID']);
  if (request !== null) {
    return { own: `merge_requests/${request}`, base: told(env['CI_MERGE_REQUEST_TARGET_BRANCH_NAME']) };
  }
  const branch = told(env['CI_COMMIT_BRANCH']);
  return branch === null ? undefined : { own: branch, base: branch };
}

/** GitHub sets to nothing what it does not know. */
function told(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}
