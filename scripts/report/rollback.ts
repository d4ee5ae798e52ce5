import type { Result, StepResult } from '../checks/result/contract/result.ts';
import { stepLabel } from './facts/facts.ts';

/** Whether all scripts of a version work in a state of the schema, and what stops those that do not. */
export interface Cell {
  readonly known: boolean;
  readonly ok: boolean;
  readonly live: boolean;
  /** SQLSTATEs of the failing scripts, each once. */
  readonly sqlstates: readonly string[];
  /** `script 42703 (column "c" does not exist)` */
  readonly failing: readonly string[];
}

/** A state of the schema: before the first step, or after a step. */
export interface State {
  /** `start` or the step's name. */
  readonly key: string;
  readonly label: string;
  /** Null for the start. */
  readonly step: StepResult | null;
  /** Some script was tried there. */
  readonly isTried: boolean;
}

export function versionsOf(result: Result): string[] {
  return result.load.versions;
}

/** Every state that the plan leads through, also those that were not reached. */
export function statesOf(result: Result): State[] {
  const tried = new Set(result.compatibility.map(({ after }) => after));
  return [
    { key: 'start', label: 'at the start', step: null, isTried: tried.has('start') },
    ...result.steps.map((step) => ({
      key: step.name,
      label: stepLabel(step),
      step,
      isTried: tried.has(step.name),
    })),
  ];
}

export function cellOf(result: Result, version: string, state: string): Cell {
  const entries = result.compatibility.filter((entry) => entry.version === version && entry.after === state);
  const failing = entries.filter(({ ok }) => !ok);
  return {
    known: entries.length > 0,
    ok: failing.length === 0,
    live: entries.some(({ live }) => live),
    sqlstates: [...new Set(failing.map(({ sqlstate }) => sqlstate ?? 'no answer'))],
    failing: failing.map(({ script, sqlstate, message }) => {
      return `${script} ${sqlstate ?? 'no answer'}${message === undefined ? '' : ` (${message})`}`;
    }),
  };
}

/** How long a rollback to each replaced version stays possible, and from where there is none at all. */
export function rollbackSentences(result: Result): string[] {
  // What comes behind the way back says nothing of how far it is open.
  const states = statesOf(result).filter(({ isTried, step }) => isTried && step?.way === undefined);
  const ways = versionsOf(result)
    .slice(0, -1)
    .flatMap((version) => {
      const liveFrom = states.findIndex(({ key }) => cellOf(result, version, key).live);
      return liveFrom < 0 ? [] : [wayBack(version, states, liveFrom, result)];
    });
  const final = result.steps.find(({ pointOfNoReturn, status }) => pointOfNoReturn && status === 'ok');
  if (final === undefined) return ways;
  return [
    ...ways,
    `Step ${stepLabel(final)} is the point of no return: after it only a restore brings the old state back.`,
  ];
}

/** Without a gap from its first traffic on: a rollback goes through all that lies between. */
function wayBack(version: string, states: readonly State[], liveFrom: number, result: Result): string {
  const broken = states.findIndex(({ key }, at) => at >= liveFrom && !cellOf(result, version, key).ok);
  const isWhole = states.length === result.steps.length + 1;
  if (broken < 0) {
    return `Rolling back to ${version} is possible ${isWhole ? 'to the end' : 'as far as the plan went'}.`;
  }
  const last = states[broken - 1];
  if (broken === liveFrom || last === undefined) return `Rolling back to ${version} is not possible.`;
  return last.step === null
    ? `Rolling back to ${version} is possible only before the first step.`
    : `Rolling back to ${version} is possible up to step ${last.label}.`;
}
