import type { Evidence } from '../../evidence/evidence.ts';
import { overlapMs, type Interval } from '../../../shared/intervals/intervals.ts';
import type { StepRun } from '../step-runs.ts';

/** From when to when the app was off, and how many requests were turned away meanwhile. */
interface MaintenanceWindow extends Interval {
  readonly turnedAway: number;
}

export function maintenanceWindows({ load = [] }: Pick<Evidence, 'load'>): MaintenanceWindow[] {
  return load.flatMap((event) =>
    event.type === 'maintenance'
      ? [{ fromMs: event.fromMs, toMs: event.tMs, turnedAway: event.turnedAway }]
      : [],
  );
}

/**
 * How long the plan itself had the app off: not its way back, nor what is played once more behind that, nor the pauses in
 * which the rehearsal looks at what a step did.
 */
export function downtimeMs(windows: readonly Interval[], steps: readonly StepRun[]): number {
  const own = steps.filter(({ planned }) => planned.way === undefined);
  return own.reduce((sum, step) => sum + offMs(step, windows), 0);
}

/** How much of a step the app was off. */
export function offMs({ window }: StepRun, windows: readonly Interval[]): number {
  if (window === null) return 0;
  return windows.reduce((sum, off) => sum + Math.max(0, overlapMs(window, off)), 0);
}
