import type { Command } from 'commander';
import type { KeepRule } from '../../history/keep/choose.ts';
import { RehearsalError } from '../../shared/errors.ts';

export interface KeepOptions {
  readonly keepRuns: string;
  readonly keepDays: string;
}

/** The two options of whatever removes old run folders. */
export function withKeepOptions(command: Command): Command {
  return command
    .option('--keep-runs <n>', 'keep the newest so many run folders of each rehearsal, or all', '30')
    .option('--keep-days <n>', 'and none that is older than so many days, or all', '90');
}

/** @throws USAGE */
export function keepRule({ keepRuns, keepDays }: KeepOptions): KeepRule {
  return { runs: limit('--keep-runs', keepRuns), days: limit('--keep-days', keepDays) };
}

function limit(option: string, value: string): number {
  if (value === 'all') return Infinity;
  if (/^[1-9]\d{0,5}$/.test(value)) return Number(value);
  throw new RehearsalError('USAGE', `${option} ${value} is not a whole number of at least 1`, {
    hint: 'write a number such as 30, or all',
  });
}
