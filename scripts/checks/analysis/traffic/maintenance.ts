import type { Evidence } from '../../evidence/evidence.ts';
import type { Interval } from '../intervals.ts';
import type { StepRun } from '../steps.ts';

/** From when to when the app was off, and how many requests were turned away meanwhile. */
export interface MaintenanceWindow extends Interval {
  readonly turnedAway: number;
}

export function maintenanceWindows({ load = [] }: Pick<Evidence, 'load'>): MaintenanceWindow[] {
  return load.flatMap((event) =>
    event.type === 'maintenance'
      ? [{ fromMs: event.fromMs, toMs: event.tMs, turnedAway: event.turnedAway }]
      : [],
  );
}

/** How long the plan itself had the app off: not its way back, nor what is played once more behind that. */
export function downtimeMs(windows: readonly Interval[], steps: readonly StepRun[]): number {
  const turned = steps.find(({ planned, window }) => planned.way !== undefined && window !== null);
  const untilMs = turned?.window?.fromMs ?? Infinity;
  return windows.reduce((sum, { fromMs, toMs }) => sum + Math.max(0, Math.min(toMs, untilMs) - fromMs), 0);
}
