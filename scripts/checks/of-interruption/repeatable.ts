import type { InterruptionRecord, RunRecord } from '../../artifacts/records.ts';
import { cutOffs, type CutOff } from '../analysis/cut-offs.ts';
import type { StepAnalysis } from '../analysis/analyse.ts';
import { statusOf } from '../analysis/steps.ts';
import { NOTHING, type Check, type CheckFinding } from '../check.ts';
import { stateOf } from '../of-plan/unfinished-remedy.ts';
import { listed, stepTitle } from '../wording.ts';
import { repeatAdvice } from './repeat-advice.ts';

export const repeatable: Check = {
  id: 'repeatable',
  title: 'Every step that was cut off went through the second time',
  failureTitle: 'A step that was cut off cannot be run again',
  needs: ['steps'],
  unit: 'steps',
  limit: 0,
  budget: null,
  applies: isCutOff,
  run(analysis) {
    const cuts = cutOffs(analysis);
    const uncut = analysis.steps.filter(
      ({ run }) => run.planned.cut !== undefined && run.interruption === undefined && statusOf(run) === 'ok',
    );
    if (cuts.length === 0 && uncut.length === 0) return { ...NOTHING, isNotJudged: true };
    const failed = cuts.flatMap(findings);
    return { measured: failed.length, findings: [...failed, ...uncut.map(notCut)] };
  },
};

/** Whether steps of a playing are cut off. */
function isCutOff({ plan }: Pick<RunRecord, 'plan'>): boolean {
  return plan.some(({ cut }) => cut !== undefined);
}

function findings({ step, record, leftovers }: CutOff): CheckFinding[] {
  const { error, failedIndex, secondAttempt } = record;
  if (error === null) return [];
  const { run } = step;
  const statement = run.statements.findLast(
    ({ index, attempt, error: own }) => index === failedIndex && attempt === secondAttempt && own !== null,
  );
  const state = error.sqlstate === null ? '' : `${error.sqlstate} `;
  const at = error.line === null ? '' : ` at line ${error.line}`;
  const left =
    leftovers === null || leftovers.length === 0
      ? ''
      : ` The first try left behind: ${listed(leftovers.map(stateOf))}.`;
  const told = repeatAdvice({
    ...{ sql: statement?.sql ?? '', sqlstate: error.sqlstate ?? '', leftovers: leftovers ?? [] },
  });
  return [
    {
      status: 'fail',
      step: run.planned.name,
      statement: failedIndex,
      measured: 1,
      sqlstate: error.sqlstate,
      message: `${stepTitle(run)} cannot be run again: ${cutText(record)}, and its second try failed${at}: ${state}${sentence(error.message)}${left}`,
      ...told,
    },
  ];
}

/** `its client was gone while the server ran sql/1.sql line 3` */
export function cutText({ how, moment, file, line }: CutPlaceTold): string {
  const place = `${file} line ${line}`;
  const who = how === 'session' ? 'its session was ended' : 'its client was gone';
  switch (moment) {
    case 'running':
      return `${who} while the server ran ${place}`;
    case 'open':
      return `${who} in the transaction of ${place}`;
    case 'committing':
      return `${who} while the commit behind ${place} was under way`;
    case 'done':
      return `${who} right behind ${place}`;
  }
}

type CutPlaceTold = Pick<InterruptionRecord, 'how' | 'moment' | 'file' | 'line'>;

function notCut({ run }: StepAnalysis): CheckFinding {
  const message = `Whether ${stepTitle(run).replace('Step', 'step')} can be run again is not known: it was not cut off.`;
  return { status: 'inconclusive', step: run.planned.name, message };
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
