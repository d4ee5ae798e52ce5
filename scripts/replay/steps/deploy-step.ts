import type { DeployStep } from '../../plan/model.ts';
import { sleep } from '../../shared/clock.ts';
import { formatMs } from '../../shared/text/format.ts';
import type { StepContext, StepOutcome } from '../context.ts';

const TICK_MS = 200;

/** Moves the app's traffic from the version that is out to the next one. */
export async function runDeployStep(
  step: DeployStep,
  from: string,
  context: StepContext,
): Promise<StepOutcome> {
  const summary =
    step.strategy === 'rolling'
      ? `${from} → ${step.to} over ${formatMs(step.overMs)}`
      : `${from} → ${step.to} at once`;
  await context.watch.during({ step: step.name, heldBy: null, isCalm: true }, async () => {
    if (step.strategy === 'rolling') await roll(step, from, context, summary);
    await context.traffic.setShares({ [step.to]: 1 });
  });
  return { attempts: 1, summary, shown: {} };
}

async function roll(step: DeployStep, from: string, context: StepContext, summary: string): Promise<void> {
  const startedMs = context.clock.now();
  for (;;) {
    const passedMs = context.clock.now() - startedMs;
    const share = Math.min(1, passedMs / step.overMs);
    if (share >= 1) return;
    context.progress(summary, share, step.overMs - passedMs);
    await context.traffic.setShares({ [from]: 1 - share, [step.to]: share });
    await sleep(Math.min(TICK_MS, step.overMs - passedMs), context.signal);
  }
}
