import { formatCount } from '../../shared/text/format.ts';
import type { Evidence } from '../evidence/evidence.ts';

/** Rollback files behind the last step that a playing of this run goes back from. */
export function unplayedRollbacks({
  run,
  writtenPlan,
  playing,
}: Pick<Evidence, 'run' | 'writtenPlan' | 'playing'>): string[] {
  const plan = writtenPlan ?? run.plan;
  const farthest = Math.max(
    -1,
    ...(run.playings ?? [])
      .filter(({ planName }) => planName === playing?.planName)
      .map(({ backFrom }) => plan.findIndex(({ name }) => name === backFrom)),
  );
  const unplayed = plan.filter(({ hasRollback }, index) => hasRollback && index > farthest).length;
  if (unplayed === 0) return [];
  return [
    unplayed === 1
      ? 'The rollback script of one step was checked for its syntax, but not run.'
      : `The rollback scripts of ${formatCount(unplayed)} steps were checked for their syntax, but not run.`,
  ];
}
