import type { SoakStep } from '../../plan/model.ts';
import { sleep } from '../../shared/clock.ts';
import { formatMs } from '../../shared/text/format.ts';
import type { StepContext, StepOutcome } from '../context.ts';

const TICK_MS = 250;

/** Lets the traffic run on. */
export async function runSoakStep(step: SoakStep, context: StepContext): Promise<StepOutcome> {
  await context.watch.during({ step: step.name, heldBy: null, isCalm: true }, () => soak(step, context));
  return { attempts: 1, summary: `soaked ${formatMs(step.forMs)}`, shown: {} };
}

async function soak(step: SoakStep, context: StepContext): Promise<void> {
  const startedMs = context.clock.now();
  for (let passedMs = 0; passedMs < step.forMs; passedMs = context.clock.now() - startedMs) {
    context.progress(`soaking ${formatMs(step.forMs)}`, passedMs / step.forMs, step.forMs - passedMs);
    await sleep(Math.min(TICK_MS, step.forMs - passedMs), context.signal);
  }
}
