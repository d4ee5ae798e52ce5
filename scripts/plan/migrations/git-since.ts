import { execFile } from 'node:child_process';
import { relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { RehearsalError } from '../../shared/errors.ts';
import type { Migration } from './list-migrations.ts';
import type { Known } from './known.ts';

const run = promisify(execFile);
const PATIENCE_MS = 30_000;
const MOST_OUTPUT_BYTES = 64 * 1024 ** 2;
/** Looks at the repository, runs nothing that it configures, and takes no lock in it. */
const ONLY_LOOK = ['--no-optional-locks', '-c', 'core.fsmonitor=false', '-c', 'core.untrackedCache=false'];

/**
 * What the commit has at which this branch left `ref`. What is in the folder and not in there is new, committed or not.
 * @param folder absolute
 * @throws USAGE
 */
export async function knownToGit(folder: string, ref: string): Promise<Known> {
  const git = (...args: string[]): Promise<string> => askGit(folder, args);
  if ((await git('rev-parse', '--is-inside-work-tree').catch(orGone)) === undefined)
    throw usage(
      `${ref} is asked of git, and the migrations are in no repository of it`,
      'write since: ledger, or list the steps',
    );
  const found = ref.startsWith('-')
    ? undefined
    : await git('rev-parse', '--verify', '--quiet', `${ref}^{commit}`).catch(orGone);
  const isShallow = (await git('rev-parse', '--is-shallow-repository').catch(orGone))?.trim() === 'true';
  const deeper = isShallow
    ? '; this clone is shallow: fetch all of it first (git fetch --unshallow; in GitHub Actions fetch-depth: 0)'
    : '';
  if (found === undefined)
    throw usage(
      `git knows no commit by the name ${ref}`,
      `name a branch, a tag or a commit, or fetch it: git fetch origin${deeper}`,
    );
  const base = await git('merge-base', found.trim(), 'HEAD').catch(orGone);
  if (base === undefined)
    throw usage(
      isShallow
        ? `this clone is shallow: the commit at which this branch left ${ref} is not in it`
        : `this branch has no commit in common with ${ref}`,
      isShallow
        ? 'fetch all of it first (git fetch --unshallow; in GitHub Actions fetch-depth: 0)'
        : 'name the branch that this one was made from',
    );
  const names = (text: string): Set<string> => new Set(text.split('\0').filter((name) => name !== ''));
  const then = names(await git('ls-tree', '-r', '-z', '--name-only', base.trim(), '--', '.'));
  const changed = names(
    await git(
      'diff',
      '--name-only',
      '-z',
      '--relative',
      '--diff-filter=M',
      '--no-ext-diff',
      '--no-textconv',
      base.trim(),
      '--',
      '.',
    ),
  );
  const path = ({ file }: Migration): string => relative(folder, file).split(sep).join('/');
  return {
    has: (migration) =>
      then.has(path(migration)) && !(migration.repeats === true && changed.has(path(migration))),
    notes: (migrations) =>
      migrations
        .filter((one) => one.repeats !== true && changed.has(path(one)))
        .map(
          ({ name }) =>
            `${name} is not as ${ref} has it: a database that ran it already will not run it again`,
        ),
  };
}

function usage(message: string, hint: string): RehearsalError {
  return new RehearsalError('USAGE', message, { hint });
}

function orGone(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT')
    throw usage('there is no git on PATH, and since asks it', 'install git, or list the steps');
  return undefined;
}

/** Nothing of the caller's environment leads git to another repository. */
async function askGit(cwd: string, args: readonly string[]): Promise<string> {
  const foreign = Object.keys(process.env).filter((name) => name.startsWith('GIT_'));
  const env = { ...process.env, ...Object.fromEntries(foreign.map((name) => [name, undefined])) };
  const options = { cwd, env, timeout: PATIENCE_MS, maxBuffer: MOST_OUTPUT_BYTES };
  const { stdout } = await run('git', [...ONLY_LOOK, '-C', cwd, ...args], options);
  return stdout;
}
