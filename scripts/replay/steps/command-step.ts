import type { CommandStep } from '../../plan/model.ts';
import { formatMs } from '../../shared/text/format.ts';
import type { OnAttempt, StepContext, StepOutcome } from '../context.ts';
import { runCutCommand } from '../interruption/cut-command.ts';
import { playCommand } from '../command/play-command.ts';

/** Runs a program of the author's to its end, or cuts it off and runs it again. */
export async function runCommandStep(
  step: CommandStep,
  context: StepContext,
  onAttempt: OnAttempt,
): Promise<StepOutcome> {
  if (step.cut !== undefined) return runCutCommand(step.cut, step, context, onAttempt);
  const startedMs = context.clock.now();
  await playCommand(step, context);
  return { attempts: 1, summary: `ran in ${formatMs(context.clock.now() - startedMs)}`, shown: {} };
}
