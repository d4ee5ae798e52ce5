import { RehearsalError } from '../../shared/errors.ts';
import type { ShellEnd } from '../run-shell.ts';

/** The shell found the program and could not run it, or found none (POSIX, 2.8.2). */
const NO_PROGRAM: Readonly<Record<number, string>> = {
  126: 'could not be run',
  127: 'was not found',
};
/** `sh: 1: flyway: not found`, `sh: line 1: flyway: command not found`, `sh: 1: ./up.sh: Permission denied`. */
const SAID =
  /^(?:\S+: (?:line )?\d+: )?(\S+): (?:(?:command )?not found|Permission denied|No such file or directory)$/;

/**
 * A command for which the shell had no program says nothing of the plan. Only a name that its author wrote is told.
 * @param where such as `step migrate`
 * @throws COMMAND_NOT_FOUND
 */
export function refuseWithoutProgram(
  where: string,
  command: string,
  { exitCode, lastLines }: Pick<ShellEnd, 'exitCode' | 'lastLines'>,
): void {
  const how = NO_PROGRAM[exitCode ?? 0];
  if (how === undefined) return;
  const named = lastLines
    .flatMap((line) => SAID.exec(line.trim())?.[1] ?? [])
    .find((name) => command.includes(name));
  const what = named ?? 'a program that it calls';
  throw new RehearsalError('COMMAND_NOT_FOUND', `${where}: ${what} ${how} (exit code ${exitCode ?? 0})`, {
    hint: 'install it where commands run, or name it by its path; docs/commands.md says what they see',
  });
}
