import { formatCount } from '../../shared/text/format.ts';
import { remedyOf } from '../advice/remedies/index.ts';
import type { Analysis, StepAnalysis } from '../analysis/analyse.ts';
import { statusOf } from '../analysis/step-runs.ts';
import { blocksItself, SELF_BLOCK_ADVICE, stoodBehind } from './locks/blocked-by.ts';
import type { Check, CheckFinding } from '../check.ts';
import { againAdvice } from '../of-way-back/again-advice.ts';
import { undoAdvice } from '../of-way-back/failed-undo.ts';
import { halfUndone } from '../of-way-back/half-undone.ts';
import { queueOf } from './locks/failed-in-queue.ts';
import { refusedRows } from './refused-rows.ts';
import { ownLockTimeout, withOwnLine } from '../settings/overridden.ts';
import { stepTitle } from '../wording.ts';

export const steps: Check = {
  id: 'steps',
  title: 'Every step of the plan ran to its end',
  failureTitle: 'The plan did not run to its end',
  needs: [],
  unit: null,
  budget: null,
  run(analysis) {
    const failed = analysis.steps.filter(({ run }) => run.end?.status === 'failed');
    const unended = ended(analysis);
    return {
      measured: null,
      findings: [
        ...failed.map((step) => failedFinding(step, analysis)),
        ...(unended === undefined ? [] : [unended]),
      ],
    };
  },
};

function failedFinding(step: StepAnalysis, analysis: Analysis): CheckFinding {
  const { run } = step;
  const { error = null, attempts = 1 } = run.end ?? {};
  const record = run.statements.findLast((one) => one.error !== null);
  const statement = record?.index ?? null;
  const place =
    error?.file == null ? '' : ` (${error.file}${error.line === null ? '' : ` line ${error.line}`})`;
  const queue = queueOf(step, analysis);
  const tries = attempts > 1 ? ` after ${formatCount(attempts)} tries` : '';
  const remedy = remedyOf({
    sqlstate: error?.sqlstate ?? '',
    message: error?.message ?? '',
    who: 'plan',
    step: run,
    sql: (record ?? run.sent.findLast((one) => one.error !== null))?.sql ?? '',
    version: null,
    mendedBy: null,
    refused: null,
    inside: null,
  });
  const state = error?.sqlstate == null ? '' : `${error.sqlstate} `;
  return {
    status: 'fail',
    step: run.planned.name,
    statement,
    sqlstate: error?.sqlstate ?? null,
    message: `${stepTitle(run)} failed${tries}${queue.behind}${place}: ${state}${sentence(error?.message ?? 'no reason was recorded')}${unreached(run.end?.statements, statement)}${refusedRows(step, analysis)}${stoodBehind(step, analysis)}${halfUndone(step, analysis)}`,
    advice:
      undoAdvice(step) ??
      againAdvice(step, analysis.steps) ??
      (remedy?.id === 'concurrentTimeout' ? withOwnLine(remedy.advice, ownLockTimeout(run, record)) : null) ??
      queue.advice ??
      (blocksItself(step) ? SELF_BLOCK_ADVICE : null) ??
      (remedy ? withOwnLine(remedy.advice, ownLockTimeout(run, record)) : (error?.hint ?? null)),
    insteadSql: remedy?.insteadSql ?? null,
  };
}

/** Why the plan cannot be judged as a whole although no step failed. */
function ended({ evidence, steps: all }: Analysis): CheckFinding | undefined {
  const { outcome, problem } = evidence.run;
  if (outcome === 'completed' || outcome === 'step-failed') {
    const unknown = all.find(({ run }) => statusOf(run) === 'skipped' && outcome === 'completed');
    if (unknown === undefined) return undefined;
    const message = `${stepTitle(unknown.run)} left no record although the run says that it is complete.`;
    return { status: 'inconclusive', step: unknown.run.planned.name, message };
  }
  const current = all.find(({ run }) => run.window !== null && run.end === undefined);
  const where = current ? ` in ${stepTitle(current.run).replace('Step', 'step')}` : '';
  const step = current?.run.planned.name ?? null;
  const rest = all.filter(({ run }) => run.window === null).length;
  const untried =
    rest === 0 ? '' : ` ${formatCount(rest)} of ${formatCount(all.length)} steps were not rehearsed.`;
  switch (outcome) {
    case 'interrupted':
      return { status: 'inconclusive', step, message: `The run was interrupted${where}.${untried}` };
    case 'running':
      return {
        status: 'inconclusive',
        step,
        message: `The run has no end: it still goes on, or its program died${where}.${untried}`,
      };
    case 'error':
      return {
        status: 'inconclusive',
        step,
        message: `The run broke off${where}: ${sentence(problem ?? 'no reason was recorded')}${untried}`,
      };
  }
}

/** ` 3 of its 5 statements were not reached.` @param statement position of the one that failed */
function unreached(all: number | undefined, statement: number | null): string {
  if (all === undefined || statement === null || statement >= all) return '';
  const left = all - statement;
  return ` ${formatCount(left)} of its ${formatCount(all)} statements ${left === 1 ? 'was' : 'were'} not reached.`;
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
