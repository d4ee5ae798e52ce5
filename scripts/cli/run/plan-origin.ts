import { execFile } from 'node:child_process';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import type { PlanOrigin } from '../../artifacts/records/records.ts';
import { ciBranches } from '../../history/lines/ci-branches.ts';
import type { Rehearsal } from '../../plan/model.ts';

const run = promisify(execFile);

const PATIENCE_MS = 5_000;
const MOST_OUTPUT_BYTES = 1 << 20;
/** Looks at the repository, runs nothing that it configures, and takes no lock in it. */
const ONLY_LOOK = ['--no-optional-locks', '-c', 'core.fsmonitor=false', '-c', 'core.untrackedCache=false'];

/**
 * Which commit of the author's repository is rehearsed, and whether the rehearsal's files are as in it. Without git, or
 * outside of a repository, only the machine is known. Nobody's name and no file's content is asked for.
 */
export async function planOrigin(
  { dir, files }: Pick<Rehearsal, 'dir' | 'files'>,
  signal: AbortSignal,
): Promise<PlanOrigin> {
  const git = async (...args: string[]): Promise<string | null> => {
    const options = {
      cwd: dir,
      env: outsideEnvironment(),
      timeout: PATIENCE_MS,
      maxBuffer: MOST_OUTPUT_BYTES,
    };
    const told = await run('git', [...ONLY_LOOK, '-C', dir, ...args], { ...options, signal }).catch(
      () => null,
    );
    return told === null ? null : told.stdout.trim();
  };
  const machine = hostname();
  const commit = await git('rev-parse', '--verify', 'HEAD');
  if (commit === null) return { machine, commit: null, branch: null, isDirty: null };
  // A CI job checks a commit out and no branch.
  const branch = (await git('symbolic-ref', '--quiet', '--short', 'HEAD')) ?? ciBranches(process.env).own;
  const outside = files.filter((file) => file.startsWith('..'));
  const changes = await git('status', '--porcelain', '--', '.', ...outside);
  return { machine, commit, branch, isDirty: changes === null ? null : changes !== '' };
}

/** In a hook of git, its variables would lead to the repository of the hook. */
function outsideEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}
