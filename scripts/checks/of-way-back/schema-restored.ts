import type { Analysis, StepAnalysis } from '../analysis/analyse.ts';
import { groupBy } from '../../shared/group-by.ts';
import { differenceText, type Remaining } from '../analysis/way-back/catalog-looks.ts';
import { wayBackOf } from '../analysis/way-back/way-back.ts';
import { NOTHING, type Check, type CheckFinding } from '../check.ts';
import { listed, stepTitle } from '../wording.ts';
import { goesBack } from './goes-back.ts';

/** More names than that say nothing more; result.json has all. */
const MOST_NAMED = 8;

export const schemaRestored: Check = {
  id: 'schemaRestored',
  title: 'After the way back the schema is what it was before the plan',
  failureTitle: 'After the way back the schema is not what it was before the plan',
  warnTitle: 'A step that changes the schema has no rollback file',
  needs: ['rollback'],
  unit: 'objects',
  limit: 0,
  budget: null,
  applies: goesBack,
  run(analysis) {
    const way = wayBackOf(analysis);
    if (way === undefined || way.remaining === null) {
      const isUnknown = way?.isBegun === true && way.failed === undefined;
      if (!isUnknown) return { ...NOTHING, isNotJudged: true };
      const message =
        'Whether the schema is what it was after the way back is not known: nobody looked at it.';
      return { ...NOTHING, findings: [{ status: 'inconclusive', message }] };
    }
    const byStep = groupBy(way.remaining, ({ step }) => step.run.index);
    return {
      measured: way.remaining.length,
      findings: [...byStep.values()].flatMap((group) => finding(group, analysis)),
    };
  },
};

function finding(group: readonly Remaining[], analysis: Analysis): CheckFinding[] {
  const [first] = group;
  if (first === undefined) return [];
  const { step, isUntried } = first;
  const what = listed(
    group.map(({ difference }) => differenceText(difference)),
    MOST_NAMED,
  );
  const { planned } = step.run;
  if (isUntried) return [untried(step, what, group.length)];
  const undo = analysis.steps.find(
    ({ run }) => run.planned.way?.kind === 'back' && run.planned.way.of === planned.name,
  );
  const file = undo?.run.planned.files[0];
  return [
    {
      status: 'fail',
      step: undo?.run.planned.name ?? planned.name,
      measured: group.length,
      message: `After the way back the schema is not what it was before ${stepTitle(step.run).replace('Step', 'step')}: ${what}.`,
      advice: `Write it into ${file ?? 'the rollback file of the step'}: a step is undone when the schema is the same as before it.`,
    },
  ];
}

/** Nobody promised a way back from there. */
function untried(step: StepAnalysis, what: string, count: number): CheckFinding {
  const { planned, index } = step.run;
  const until = index === 1 ? 'not open at all' : `open until step ${index - 1}`;
  return {
    status: 'warn',
    step: planned.name,
    measured: count,
    message: `${stepTitle(step.run)} changes the schema and has no rollback file, so that the way back is ${until}: ${what}.`,
    advice: 'Give the step a rollback file, or mark it pointOfNoReturn: true.',
  };
}
