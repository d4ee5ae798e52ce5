import { statusOf, type StepRun } from '../steps.ts';

/** Which app versions had traffic while a state of the schema lasted. */
export interface LiveVersions {
  /** `start` or the name of the step that led to the state. */
  readonly after: string;
  readonly live: readonly string[];
  /** The version that the last deploy replaced: what a rollback needs. */
  readonly left: string | null;
}

/**
 * A version is live from the start of its first deploy until the deploy that replaces it has ended. One that was live
 * at any time of a step counts for that step; where a step never ran, nothing is live.
 */
export function liveVersions(first: string | undefined, steps: readonly StepRun[]): LiveVersions[] {
  let live = first === undefined ? [] : [first];
  let left: string | null = null;
  const states: LiveVersions[] = [{ after: 'start', live, left }];
  for (const step of steps) {
    const { name, deploy } = step.planned;
    if (step.window === null) {
      states.push({ after: name, live: [], left });
      continue;
    }
    const during = deploy === null || live.includes(deploy.to) ? live : [...live, deploy.to];
    // A deploy that failed half-way leaves both with traffic.
    if (deploy !== null && statusOf(step) === 'ok') {
      left = live.find((version) => version !== deploy.to) ?? left;
      live = [deploy.to];
    } else live = during;
    states.push({ after: name, live: during, left });
  }
  return states;
}
