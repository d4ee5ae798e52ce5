import { plural } from '../../shared/text/format.ts';
import { mostFound, watchedSteps, type Watched } from '../analysis/asked.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { NOTHING, type Check, type CheckFinding } from '../check.ts';
import { listed, stepTitle } from '../wording.ts';

export const divergence: Check = {
  id: 'divergence',
  title: 'What was verified stayed true while later steps ran',
  failureTitle: 'What was verified did not stay true',
  needs: ['steps'],
  unit: 'rows',
  limit: 0,
  budget: null,
  applies: ({ plan }) => plan.some(({ watch }) => watch !== undefined),
  run(analysis) {
    const watched = watchedSteps(analysis.steps, analysis.evidence);
    const answered = watched.flatMap(({ behind }) => mostFound(behind)?.rows ?? []);
    const findings = watched.flatMap((one) => [...unanswered(one), ...apart(one, analysis)]);
    if (answered.length === 0)
      return { ...NOTHING, title: 'No step was watched behind a verify step', findings, isNotJudged: true };
    return { measured: Math.max(...answered), findings };
  },
};

/** A question that never got an answer has watched nothing. */
function unanswered({ run, asked }: Watched): CheckFinding[] {
  if (asked.length === 0 || asked.some(({ rows }) => rows !== null)) return [];
  const states = [...new Set(asked.map(({ sqlstate }) => sqlstate ?? 'the connection was lost'))];
  return [
    {
      status: 'inconclusive',
      step: run.planned.name,
      message: `The questions of ${stepTitle(run).replace(/^Step/, 'step')} were asked ${plural(asked.length, 'time')} while other steps ran and never got an answer (${listed(states)}).`,
      advice:
        'Name under through only steps while which the questions can be asked: the columns and tables that they read have to be there.',
    },
  ];
}

function apart({ run, behind }: Watched, { steps }: Analysis): CheckFinding[] {
  const most = mostFound(behind);
  if (most === undefined || most.rows === 0) return [];
  const during = steps.find((step) => step.run.planned.name === most.during)?.run;
  const found = behind.filter(({ rows }) => rows !== null && rows > 0).length;
  const last = behind.findLast(({ rows }) => rows !== null)?.rows ?? 0;
  const end = last === 0 ? 'at the end there were none' : `${plural(last, 'row')} at the end`;
  return [
    {
      status: 'fail',
      step: most.during,
      measured: most.rows,
      message:
        `${stepTitle(run)} found no rows in its place, and ${plural(most.rows, 'row')} while ${during === undefined ? most.during : stepTitle(during).replace(/^Step/, 'step')} ran: ` +
        `${found} of ${plural(behind.length, 'later asking')} found some, ${end}.`,
      advice:
        'Whatever writes while versions overlap has to write both shapes: a version that does, before this step, or a trigger that keeps them alike until the old shape is gone.',
    },
  ];
}
