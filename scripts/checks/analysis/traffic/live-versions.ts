import { statusOf, type StepRun } from '../step-runs.ts';

/** Which app versions had traffic while a state of the schema lasted. */
export interface LiveVersions {
  /** `start` or the name of the step that led to the state. */
  readonly after: string;
  readonly live: readonly string[];
  /** The version that the last deploy replaced: what a rollback needs. */
  readonly left: string | null;
  /** The app was off for maintenance from the step's beginning to its end. */
  readonly isOff?: true;
}

/**
 * A version is live from the start of its first deploy until the deploy that replaces it has ended. One that was live
 * at any time of a step counts for that step; where a step never ran, and while the app is off, nothing is live.
 */
export function liveVersions(first: string | undefined, steps: readonly StepRun[]): LiveVersions[] {
  let live = first === undefined ? [] : [first];
  let left: string | null = null;
  let off: { isOff?: true } = {};
  const states: LiveVersions[] = [{ after: 'start', live, left }];
  for (const step of steps) {
    const { name, deploy } = step.planned;
    if (step.window === null) {
      states.push({ after: name, live: [], left });
      continue;
    }
    if (step.planned.maintenance === 'end') off = {};
    const during = deploy === null || live.includes(deploy.to) ? live : [...live, deploy.to];
    // A deploy that failed half-way leaves both with traffic.
    if (deploy !== null && statusOf(step) === 'ok') {
      left = live.find((version) => version !== deploy.to) ?? left;
      live = [deploy.to];
    } else live = during;
    states.push({ after: name, live: off.isOff ? [] : during, left, ...off });
    if (step.planned.maintenance === 'begin') off = { isOff: true };
  }
  return states;
}

/** Nobody of the app was there while the step ran: its locks stop nobody. */
export function isAppOff(
  { run }: { readonly run: StepRun },
  { live }: { readonly live: readonly LiveVersions[] },
): boolean {
  return live.some(({ after, isOff }) => isOff === true && after === run.planned.name);
}
