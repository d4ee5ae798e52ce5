import type { Analysis } from '../analysis/analyse.ts';
import { wayBackOf, type WayBack } from '../analysis/way-back/way-back.ts';
import { NOTHING, type Check } from '../check.ts';
import { stepTitle } from '../wording.ts';
import { failedAt } from './failed-undo.ts';
import { goesBack } from './goes-back.ts';
import { noReturnFound, plansNoReturn } from './no-return.ts';

export const pointOfNoReturn: Check = {
  id: 'pointOfNoReturn',
  title: 'The way back is open until the point of no return',
  failureTitle: 'The point of no return comes before the one that the plan declares',
  needs: ['rollback'],
  unit: null,
  budget: null,
  applies: goesBack,
  run(analysis) {
    const way = wayBackOf(analysis);
    const found = way && noReturnFound(way, analysis);
    if (way?.isBegun !== true) return { ...NOTHING, isNotJudged: true };
    // A rollback file that is missing is told by the check of the schema.
    if (found === undefined || found.isUntried) return NOTHING;
    const { run } = found.step;
    const message = `The point of no return is ${stepTitle(run).replace('Step', 'step')}: behind it the release cannot be taken back whole${why(way)}, and ${declaration(analysis)}.`;
    const advice = 'Mend the way back of that step, or mark it pointOfNoReturn: true.';
    return { measured: null, findings: [{ status: 'fail', step: run.planned.name, message, advice }] };
  },
};

/** Where the way back stopped at a statement: ` (sql/undo.sql line 2 fails with 22001)`. */
function why({ failed }: WayBack): string {
  const place = failed && failedAt(failed);
  if (failed === undefined || place === undefined) return '';
  return ` (${place} fails with ${failed.run.end?.error?.sqlstate ?? 'an error'})`;
}

function declaration(analysis: Analysis): string {
  const declared = plansNoReturn(analysis);
  const plan = analysis.evidence.writtenPlan ?? [];
  if (declared === null) return 'the plan says of no step that it is';
  const index = plan.findIndex(({ name }) => name === declared) + 1;
  return `the plan declares it at step ${index} ${declared}`;
}
