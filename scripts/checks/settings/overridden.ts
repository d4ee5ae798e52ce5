import type { StatementRecord } from '../../artifacts/records/records.ts';
import type { StepAnalysis } from '../analysis/analyse.ts';
import type { StepRun } from '../analysis/step-runs.ts';
import { stepTitle } from '../wording.ts';
import { ownSettings, type OwnSetting } from './own-settings.ts';
import { shownTimeout } from './timeouts.ts';

/** The file's own lock_timeout that was in force for a statement, whatever the step says; undefined = the step's was. */
export function ownLockTimeout(
  { statements }: StepRun,
  record: StatementRecord | undefined,
): OwnSetting | undefined {
  if (record === undefined) return undefined;
  return ownSettings(statements)(record).find(({ name }) => name === 'lock_timeout');
}

/** Advice that speaks of the step's lockTimeout, with the place that wins over it. */
export function withOwnLine(advice: string, own: OwnSetting | undefined): string {
  if (own === undefined || !advice.includes('lockTimeout')) return advice;
  return `${advice} It is ${placeOf(own)} that has to say so: what it sets wins over the step's lockTimeout.`;
}

export function placeOf({ file, line }: OwnSetting): string {
  return `${file} line ${line}`;
}

/** Keys of a step that its SQL can override. */
export const OVERRIDABLE = [
  { name: 'lock_timeout', key: 'lockTimeout', planned: 'lockTimeoutMs' },
  { name: 'statement_timeout', key: 'statementTimeout', planned: 'statementTimeoutMs' },
] as const;

/** Where a file's own setting won over a key of its step, as sentences. */
export function overriddenKeys(steps: readonly StepAnalysis[]): string[] {
  return steps.flatMap(({ run }) => {
    const told = OVERRIDABLE.filter(({ planned }) => run.planned[planned] !== undefined);
    if (told.length === 0) return [];
    const settingsOf = ownSettings(run.statements);
    const own = run.statements.flatMap(settingsOf);
    return told.flatMap(({ name, key, planned }) => {
      const asked = shownTimeout(run.planned[planned] ?? 0);
      const won = own.find((setting) => setting.name === name && setting.value !== asked);
      if (won === undefined) return [];
      const does = won.value === null ? `resets ${name}` : `sets ${name} to ${won.value}`;
      return [
        `${stepTitle(run)}: ${placeOf(won)} ${does} by itself, so the step's ${key} of ${asked} was not in force behind it.`,
      ];
    });
  });
}
