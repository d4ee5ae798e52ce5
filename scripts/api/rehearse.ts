import { resolve } from 'node:path';
import { errorText, runRehearse } from '../../infra/provider/rehearse-child.ts';
import { rehearseCommand } from '../../infra/provider/rehearse-command.ts';
import { resultSchema, type Result } from '../checks/result/contract/result.ts';
import { defaultRuns } from '../shared/places/user-project.ts';

export interface RehearseOptions {
  /** The rehearsal's folder or name. */
  readonly dir: string;
  /** Where relative paths start; without it the process's own folder. */
  readonly cwd?: string;
  /** Where hosts come from: `auto`, `embedded` … */
  readonly target?: string;
  /** Folder for run folders; without it as `rehearse run` does. */
  readonly out?: string;
  /** Play the plan so often, each time on a fresh copy. */
  readonly repeat?: number;
  /** Only this one of the rehearsal's plans. */
  readonly plan?: string;
  /** Of a plan by `migrations`: what this git ref, or `ledger`, lacks; it wins over rehearsal.yaml. */
  readonly since?: string;
  /** Its abort tears everything down, and then the promise is rejected. */
  readonly signal?: AbortSignal;
  /** Each line of progress, as on stderr. */
  readonly onLine?: (line: string) => void;
}

export interface Rehearsed {
  readonly result: Result;
  /** As of `rehearse run`: 0 passed, 4 failed, 5 inconclusive, 6 something may remain. */
  readonly exitCode: number;
  /** Absolute. */
  readonly runFolder: string;
}

/** There is no result: nothing is new (0), what was given is wrong (2), hosts or databases failed (3), it was interrupted (130). */
export class RehearseFailed extends Error {
  override readonly name = 'RehearseFailed';
  /** Null where a signal ended it. */
  readonly exitCode: number | null;

  constructor(message: string, exitCode: number | null) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * `rehearse run` from start to tear-down, in a process of its own that ends with this one. A verdict other than `pass` is a
 * result too.
 * @throws RehearseFailed where there is no result
 */
export async function rehearse(options: RehearseOptions): Promise<Rehearsed> {
  const cwd = resolve(options.cwd ?? '.');
  const out = resolve(cwd, options.out ?? defaultRuns(cwd));
  const { signal, onLine } = options;
  const end = await runRehearse({ ...rehearseCommand(), cwd }, argumentsOf(options, out), {
    ...(signal && { signal }),
    ...(onLine && { onLine }),
  });
  if (end.exitCode === null || end.stdout.trim() === '')
    throw new RehearseFailed(errorText(end), end.exitCode);
  const told: unknown = JSON.parse(end.stdout);
  if (typeof told === 'object' && told !== null && 'nothingNew' in told)
    throw new RehearseFailed(String(told.nothingNew), end.exitCode);
  const result = resultSchema.parse(told);
  return { result, exitCode: end.exitCode, runFolder: resolve(out, result.runId) };
}

function argumentsOf({ dir, target, repeat, plan, since }: RehearseOptions, out: string): string[] {
  const valued = { target, out, repeat, plan, since };
  const given = Object.entries(valued).filter(([, value]) => value !== undefined);
  return ['run', dir, '--json', ...given.flatMap(([name, value]) => [`--${name}`, String(value)])];
}
