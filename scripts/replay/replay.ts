import { sleep } from '../shared/clock.ts';
import type { StepEndRecord } from '../artifacts/records/records.ts';
import { machineTrouble } from '../pg/machine-trouble.ts';
import { isFromPostgres } from '../pg/pg-error.ts';
import type { Step } from '../plan/model.ts';
import { runBackfillStep } from './steps/backfill-step.ts';
import { runCommandStep } from './steps/command-step.ts';
import type { OnAttempt, StepContext, StepOutcome } from './context.ts';
import { runDeployStep } from './steps/deploy-step.ts';
import { runMaintenanceStep } from './steps/maintenance-step.ts';
import { runSoakStep } from './steps/soak-step.ts';
import { runSqlStep } from './steps/sql-step.ts';
import { StepFailure, stepErrorAt } from './session/step-failure.ts';
import { runVerifyStep } from './steps/verify-step.ts';
import { whileAsking } from './watch/while-asking.ts';

const SERVER_DEATH_NEWS_MS = 1500;

export interface ReplayHooks {
  /** Awaited before a step begins, and before its time counts. */
  readonly beforeStep?: (step: Step) => Promise<void>;
  readonly onStart: (step: Step, index: number) => void;
  readonly onEnd: (step: Step, index: number, status: 'ok' | 'failed' | 'skipped', detail: string) => void;
  /** After every step that ran; `isDone`: it did not fail. */
  readonly afterStep: (step: Step, isDone: boolean) => Promise<void>;
}

/**
 * Runs the plan in order and records it. The first step that fails ends it; the rest is recorded as skipped.
 * @returns the failure that ended the plan, or undefined
 */
export async function replay(context: StepContext, hooks: ReplayHooks): Promise<StepFailure | undefined> {
  const { plan, load } = context.rehearsal;
  let version = load.versions[0]?.name ?? '';
  let failure: StepFailure | undefined;
  for (const [position, step] of plan.entries()) {
    const index = position + 1;
    if (failure) {
      end(step, context, { status: 'skipped', attempts: 0, error: null, shown: {} });
      hooks.onEnd(step, index, 'skipped', '');
      continue;
    }
    await hooks.beforeStep?.(step);
    hooks.onStart(step, index);
    context.steps.write({ type: 'step-start', step: step.name, tMs: context.clock.now() });
    const before = version;
    const result = await whileAsking(step, context, () => attempt(step, before, context));
    if (result instanceof StepFailure) {
      failure = result;
      hooks.onEnd(step, index, 'failed', result.message);
    } else {
      if (step.kind === 'deploy') version = step.to;
      hooks.onEnd(step, index, 'ok', result.summary);
    }
    await hooks.afterStep(step, failure === undefined);
  }
  return failure;
}

async function attempt(
  step: Step,
  version: string,
  context: StepContext,
): Promise<StepOutcome | StepFailure> {
  let tries = 0;
  const onAttempt: OnAttempt = async (record) => {
    tries += 1;
    context.steps.write({ type: 'attempt', step: step.name, ...record });
    context.progress(
      `try ${record.attempt} gave way (${record.error.sqlstate ?? 'lost'}), trying again`,
      null,
      null,
    );
    await context.schema.afterTry(step.name, record.attempt);
  };
  try {
    const outcome = await runStep(step, version, context, onAttempt);
    const { attempts, shown } = outcome;
    end(step, context, { status: 'ok', attempts, error: null, shown });
    return outcome;
  } catch (error) {
    context.signal.throwIfAborted();
    const trouble = machineTrouble(error instanceof StepFailure ? error.cause : error);
    if (trouble) throw trouble;
    const failure = asStepFailure(error);
    // A server that died, or a host that lacks something, ends the whole run; that is known a moment later than here.
    await context.settled();
    if (failure.lostConnection) await sleep(SERVER_DEATH_NEWS_MS, context.signal);
    const { error: said, statements, refused } = failure;
    if (refused !== undefined) await context.schema.afterRefusal({ step: step.name, ...refused });
    end(step, context, {
      status: 'failed',
      attempts: tries + 1,
      error: said,
      shown: {},
      ...(statements === undefined ? {} : { statements }),
    });
    return failure;
  }
}

/** What PostgreSQL says outside a statement of the author's is the step's failure as well. @throws anything else */
function asStepFailure(error: unknown): StepFailure {
  if (error instanceof StepFailure) return error;
  if (isFromPostgres(error)) return new StepFailure(stepErrorAt(error, null), error);
  throw error;
}

function runStep(
  step: Step,
  version: string,
  context: StepContext,
  onAttempt: OnAttempt,
): Promise<StepOutcome> {
  switch (step.kind) {
    case 'sql':
      return runSqlStep(step, context, onAttempt);
    case 'command':
      return runCommandStep(step, context, onAttempt);
    case 'deploy':
      return runDeployStep(step, version, context);
    case 'backfill':
      return runBackfillStep(step, context, onAttempt);
    case 'soak':
      return runSoakStep(step, context);
    case 'verify':
      return runVerifyStep(step, context);
    case 'maintenance':
      return runMaintenanceStep(step, context);
  }
}

function end(step: Step, context: StepContext, how: Omit<StepEndRecord, 'type' | 'step' | 'tMs'>): void {
  context.steps.write({ type: 'step-end', step: step.name, tMs: context.clock.now(), ...how });
}
