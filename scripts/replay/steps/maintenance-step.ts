import type { MaintenanceStep } from '../../plan/model.ts';
import type { StepContext, StepOutcome } from '../context.ts';

/** Takes the app off, or lets it in again. */
export async function runMaintenanceStep(step: MaintenanceStep, context: StepContext): Promise<StepOutcome> {
  const isOn = step.action === 'begin';
  await context.watch.during({ step: step.name, heldBy: null, isCalm: true }, () =>
    context.traffic.setMaintenance(isOn),
  );
  return { attempts: 1, summary: isOn ? 'the app is off' : 'the app is back', shown: {} };
}
