import type { Result } from '../checks/result.ts';
import { stepLabel } from './facts.ts';

/** Whether all scripts of a version work in a state of the schema, and what stops those that do not. */
export interface Cell {
  readonly known: boolean;
  readonly ok: boolean;
  readonly live: boolean;
  /** SQLSTATEs of the failing scripts, each once. */
  readonly sqlstates: readonly string[];
  readonly failing: readonly string[];
}

export function versionsOf(result: Result): string[] {
  return result.load.versions;
}

/** The states of the schema that were tried: `start` and every step that ran. */
export function statesOf(result: Result): { key: string; label: string }[] {
  const tried = new Set(result.compatibility.map(({ after }) => after));
  const steps = result.steps.filter(({ name }) => tried.has(name));
  return [
    { key: 'start', label: 'at the start' },
    ...steps.map((step) => ({ key: step.name, label: stepLabel(step) })),
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
    failing: failing.map(({ script }) => script),
  };
}

/** One sentence for each version that is replaced: how long a rollback to it stays possible. */
export function rollbackSentences(result: Result): string[] {
  const states = statesOf(result);
  const sentences = versionsOf(result)
    .slice(0, -1)
    .flatMap((version) => {
      const liveFrom = states.findIndex(({ key }) => cellOf(result, version, key).live);
      if (liveFrom < 0) return [];
      let last = liveFrom - 1;
      while (last + 1 < states.length && cellOf(result, version, states[last + 1]?.key ?? '').ok) last += 1;
      const state = states[last];
      if (last === states.length - 1) return [`Rolling back to ${version} is possible to the end.`];
      if (last < liveFrom || !state) return [`Rolling back to ${version} is not possible.`];
      return [
        state.key === 'start'
          ? `Rolling back to ${version} is possible only before the first step.`
          : `Rolling back to ${version} is possible up to step ${state.label}.`,
      ];
    });
  const final = result.steps.find(({ pointOfNoReturn, status }) => pointOfNoReturn && status === 'ok');
  if (final)
    sentences.push(
      `Step ${stepLabel(final)} is the point of no return: after it only a restore brings the old state back.`,
    );
  return sentences;
}
