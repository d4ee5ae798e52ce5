import type { SlowScript } from '../analysis/slower/slow-scripts.ts';
import type { Analysis } from '../analysis/analyse.ts';
import type { Check, CheckFinding } from '../check.ts';
import { slowBehind } from '../slower/over-budget.ts';
import { adviceOf, figuresOf, statementOf, whyOf } from '../slower/told.ts';
import { stepTitle } from '../wording.ts';

export const scriptLatency: Check = {
  id: 'scriptLatency',
  title: 'No script of the app stayed slower after a step',
  failureTitle: 'A script of the app stayed slower after a step',
  needs: ['requests', 'steps'],
  unit: 'ms',
  budget: null,
  run(analysis, { p99Ms }) {
    const { slow } = analysis;
    const told = p99Ms === undefined ? [] : toldByP99(analysis, p99Ms);
    return {
      measured: slow.length === 0 ? null : Math.max(...slow.map(({ after }) => after.p99Ms)),
      findings: slow.filter((script) => !told.includes(script)).map(finding),
    };
  },
};

/** What broke the budget needs no warning beside it. */
function toldByP99(analysis: Analysis, budget: number): SlowScript[] {
  return analysis.steps.flatMap((step) =>
    step.latency !== null && step.latency.p99Ms > budget ? (slowBehind(analysis, step, budget) ?? []) : [],
  );
}

function finding(slow: SlowScript): CheckFinding {
  return {
    status: 'warn',
    step: slow.step.planned.name,
    statement: statementOf(slow),
    measured: slow.after.p99Ms,
    message: `From ${stepTitle(slow.step).replace('Step', 'step')} on ${figuresOf(slow)}.${whyOf(slow)}`,
    ...adviceOf(slow),
    hurt: { failed: 0, delayed: slow.after.requests, ms: slow.after.p99Ms },
  };
}
